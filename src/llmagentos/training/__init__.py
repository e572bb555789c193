"""The life of a model: situations and sentences, fine-tuning, calibration. The only room with torch, behind the `train` extra."""
