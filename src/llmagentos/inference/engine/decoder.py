"""One compiled decoder: tokens in, hidden states out, scores of the few tokens that matter."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from llmagentos.inference.compiler.artefact import Artefact
from llmagentos.inference.engine.cache import KeyValues
from llmagentos.inference.engine.rows import Rows
from llmagentos.inference.weights.model import Matrix

SPIN_US = "300"
"""How long a thread waits awake for the next part of a pass: longer than a part takes, and no burden on a busy box."""


class Decoder:
    """The graph with its weights mapped. Not thread-safe: its owner is the worker's only model thread."""

    def __init__(self, artefact: Artefact, *, threads: int) -> None:
        self.architecture = artefact.architecture
        self._options = _options(threads)
        self._session = ort.InferenceSession(str(artefact.decoder), self._options)
        self._embedding = Rows(artefact.embedding, self.architecture.hidden, artefact.rows)
        self._rows = Rows(artefact.head, self.architecture.hidden, artefact.rows)
        self._head_file: Path = artefact.full_head
        self._head: ort.InferenceSession | None = None

    def forward(self, tokens: Sequence[int], positions: Sequence[int], bias: Matrix, cache: KeyValues) -> Matrix:
        """Evaluate tokens whose rows end the cache's used part.

        Shapes: bias [tokens, rows used with these], 0 where a token sees a row; gives [tokens, hidden].
        """
        seen = bias.shape[1]
        binding = self._session.io_binding()
        binding.bind_cpu_input("embedded", self._embedding.read(tokens))
        binding.bind_cpu_input("last_row", np.array([seen - 1], np.int32))
        binding.bind_cpu_input("total", np.array(seen, np.int32))
        binding.bind_cpu_input("positions", np.array([positions], np.int64))
        binding.bind_cpu_input("bias", bias[None, None])
        binding.bind_output("hidden")
        cache.bind(binding)
        self._session.run_with_iobinding(binding)
        hidden: Matrix = binding.get_outputs()[0].numpy()
        return hidden

    def log_probs(self, hidden: NDArray[np.float32], allowed: Sequence[int]) -> list[float]:
        """Natural logarithms, normalised over `allowed`. Only their rows of the output head are read."""
        logits = self._rows.read(allowed) @ hidden
        logits -= logits.max()
        result: list[float] = (logits - np.log(np.exp(logits).sum())).tolist()
        return result

    def logits(self, hidden: Matrix) -> Matrix:
        """Over the whole vocabulary. Shapes: [n, hidden] to [n, vocabulary]."""
        if self._head is None:
            self._head = ort.InferenceSession(str(self._head_file), self._options)
        [logits] = self._head.run(None, {"hidden": hidden})
        return np.asarray(logits, np.float32)


def _options(threads: int) -> ort.SessionOptions:
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.enable_mem_pattern = False  # no two passes have the same shape
    options.add_session_config_entry("session.intra_op.spin_duration_us", SPIN_US)
    options.log_severity_level = 3
    return options
