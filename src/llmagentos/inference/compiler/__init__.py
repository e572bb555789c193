"""Model files to what the engine runs: an ONNX graph with int8 weights. Needs no torch and no onnx."""
