from llmagentos.bench.fuzz import fuzz_codecs


def test_no_mutated_message_raises() -> None:
    figures = fuzz_codecs(20_000, seed=2, folder=None)
    assert figures["codec_exceptions"] == 0, figures
    assert int(figures["codec_outputs"]) > 1_000, "the mutations never reach anything"
