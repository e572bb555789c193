"""Our reader against the library's writer, and against files that lie."""

from pathlib import Path

import pytest
from gguf import GGUFWriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llmagentos.inference.weights.gguf_header import BrokenHeader, Header, read_header


def written(folder: Path) -> Path:
    path = folder / "m.gguf"
    writer = GGUFWriter(str(path), "llama")
    writer.add_string("general.name", "Tiny 模型")
    writer.add_uint32("llama.block_count", 30)
    writer.add_float32("llama.rope.freq_base", 10_000.0)
    writer.add_bool("tokenizer.ggml.add_bos_token", False)
    writer.add_token_list(["a", "Ġb", "ĊĊ"])
    writer.add_token_types([1, 1, 3])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()
    return path


def test_it_reads_what_the_library_writes(tmp_path: Path) -> None:
    header = read_header(written(tmp_path)).fields
    assert header["general.name"] == "Tiny 模型"
    assert header["llama.block_count"] == 30
    assert header["llama.rope.freq_base"] == 10_000.0
    assert header["tokenizer.ggml.add_bos_token"] is False
    assert header["tokenizer.ggml.tokens"] == ["a", "Ġb", "ĊĊ"]
    assert header["tokenizer.ggml.token_type"] == [1, 1, 3]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 400), byte=st.integers(0, 255), cut=st.booleans())
def test_a_damaged_file_is_broken_or_read_and_nothing_else(tmp_path: Path, at: int, byte: int, cut: bool) -> None:
    good = written(tmp_path).read_bytes()
    at = min(at, len(good) - 1)
    bad = tmp_path / "bad.gguf"
    bad.write_bytes(good[:at] if cut else good[:at] + bytes([byte]) + good[at + 1 :])
    try:
        assert isinstance(read_header(bad), Header)
    except BrokenHeader as error:
        assert str(error)


def test_no_model_at_all(tmp_path: Path) -> None:
    file = tmp_path / "x.gguf"
    file.write_bytes(b"PK\x03\x04 a zip")
    with pytest.raises(BrokenHeader, match="no GGUF file"):
        read_header(file)
