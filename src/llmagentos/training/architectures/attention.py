"""Multi-head attention, of a sequence to itself or to another one."""

from torch import Tensor, nn
from torch.nn import functional

from llmagentos.training.architectures.positions import turned

Angles = tuple[Tensor, Tensor]


class Attention(nn.Module):
    """Each position gathers from those it may see. Source: Vaswani et al. 2017, section 3.2.

    Fewer heads of keys and values than of queries share them (Ainslie et al., "GQA", 2023). `normed`: queries and keys
    are normalised, so that no step of learning can make one position outshout all others (Henry et al. 2020; Qwen3).
    """

    def __init__(self, width: int, heads: int, kv_heads: int, *, normed: bool, epsilon: float = 1e-6) -> None:
        super().__init__()
        self.heads, self.kv_heads, self.head = heads, kv_heads, width // heads
        self.query = nn.Linear(width, heads * self.head, bias=False)
        self.key = nn.Linear(width, kv_heads * self.head, bias=False)
        self.value = nn.Linear(width, kv_heads * self.head, bias=False)
        self.output = nn.Linear(heads * self.head, width, bias=False)
        self.query_norm = nn.RMSNorm(self.head, epsilon) if normed else nn.Identity()
        self.key_norm = nn.RMSNorm(self.head, epsilon) if normed else nn.Identity()

    def forward(
        self, hidden: Tensor, beside: Tensor | None = None, *, causal: bool = False, seen: Tensor | None = None, angles: Angles | None = None,
    ) -> Tensor:  # fmt: skip
        """Shapes: hidden [batch, length, width]; beside [batch, other, width], what is attended to where that is not
        `hidden` itself; seen [batch, other], False where it is filling. Returns [batch, length, width].
        """
        source = hidden if beside is None else beside
        query = self.query_norm(self._apart(self.query(hidden), self.heads))
        key = self.key_norm(self._apart(self.key(source), self.kv_heads))
        value = self._apart(self.value(source), self.kv_heads)
        if angles is not None:
            query, key = turned(query, angles), turned(key, angles)
        mixed = functional.scaled_dot_product_attention(
            query, key, value, None if seen is None else seen[:, None, None, :], is_causal=causal,
            enable_gqa=self.heads != self.kv_heads,
        )  # fmt: skip
        together: Tensor = self.output(mixed.transpose(1, 2).flatten(2))
        return together

    def _apart(self, flat: Tensor, heads: int) -> Tensor:
        """[batch, length, heads * head] to [batch, heads, length, head]."""
        return flat.view(*flat.shape[:2], heads, self.head).transpose(1, 2)
