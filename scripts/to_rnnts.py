"""Saves models of Keras and PyTorch for rnnts, with a self-test in the file: one window and what the model gives for it.

    import to_rnnts
    to_rnnts.save_keras(model, "net.keras")
    to_rnnts.save_pytorch(module, "net.safetensors", window)

`load_keras`, `load_any` and `load_pytorch` compute the output again, and refuse the file if theirs differs by more than 1e-5, or 1e-5
of the largest output if that is above 1. Keras and PyTorch load the files as others, and pass over the self-test: in a .keras file it
is a member "self_test.json" of the archive, in a safetensors file the text "rnnts.self_test" of the metadata, both with
{"input": [[...], ...], "output": [[...], ...]}, a row for each step; an output that is a vector is one row.
"""
import json
import zipfile

import numpy as np

LARGEST = 2**20  # bytes of JSON that rnnts reads


def save_keras(model, path, window=None):
    """Saves a model of Keras 3, which has been built, as `path`, whose name ends in .keras.

    `window` is one window, (steps, features). Without it, it is made of random numbers between -1 and 1, with 32 steps if the
    model takes any number of them.
    """
    if not str(path).endswith(".keras"):
        raise ValueError(f"{path}: expected a name that ends in .keras, as a .weights.h5 file has no place for a self-test")
    if window is None:
        _, steps, features = model.input_shape
        window = np.random.default_rng(1).uniform(-1, 1, (steps or 32, features))
    window = np.asarray(window, "float32")
    import keras

    text = _self_test(window, keras.ops.convert_to_numpy(model(window[None]))[0])
    model.save(path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_STORED) as archive:
        archive.writestr("self_test.json", text)


def save_pytorch(module, path, window):
    """Saves the state_dict of a module of PyTorch as safetensors. `window` is one window, (steps, features), of which the module
    takes batches, (batch, steps, features)."""
    import torch
    from safetensors.torch import save_file

    training = [part for part in module.modules() if part.training]
    module.eval()
    try:
        with torch.no_grad():
            x = torch.as_tensor(np.asarray(window), dtype=next(module.parameters()).dtype)
            output = module(x[None])[0].numpy()
    finally:
        for part in training:
            part.training = True
    tensors = {name: tensor.contiguous() for name, tensor in module.state_dict().items()}
    save_file(tensors, path, metadata={"format": "pt", "rnnts.self_test": _self_test(x.numpy(), output)})


def _self_test(window, output):
    if window.ndim != 2:
        raise ValueError(f"expected a window of (steps, features), found {window.shape}")
    if not np.isfinite(output).all():
        raise ValueError("the model gives an output that is not finite")
    text = json.dumps({"input": window.tolist(), "output": np.atleast_2d(output).tolist()})
    if len(text) > LARGEST:
        raise ValueError(f"expected a window and an output of at most {LARGEST} bytes as JSON, found {len(text)}")
    return text
