"""A GGUF file in another block format, so that llama.cpp is measured at its best one."""

from pathlib import Path

import gguf

KINDS = ("Q4_0", "Q8_0", "F16")


def requantise(model: Path, kind: str, target: Path) -> Path:
    """Write `model` with its matrices as `kind`; what is no matrix stays as it is."""
    reader = gguf.GGUFReader(model)
    wanted = gguf.GGMLQuantizationType[kind]
    architecture = reader.fields["general.architecture"].contents()
    partial = target.with_suffix(".partial")
    writer = gguf.GGUFWriter(partial, architecture)
    for field in reader.fields.values():
        if field.name == "general.architecture" or field.name.startswith("GGUF."):
            continue
        inner = field.types[1] if len(field.types) > 1 else None
        writer.add_key_value(field.name, field.contents(), field.types[0], inner)
    for tensor in reader.tensors:
        values = gguf.dequantize(tensor.data, tensor.tensor_type)
        if len(tensor.shape) > 1:
            writer.add_tensor(tensor.name, gguf.quantize(values, wanted), raw_dtype=wanted)
        else:
            writer.add_tensor(tensor.name, values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    partial.replace(target)
    return target
