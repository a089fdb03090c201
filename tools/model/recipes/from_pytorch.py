"""A linear layer of PyTorch as JSON or safetensors for `noroshi-model export`; ONNX needs no recipe:

    torch.onnx.export(torch.nn.Sequential(layer, torch.nn.Sigmoid()), torch.zeros(1, n), "model.onnx")

mean, scale: tensors of what was done to the columns before the layer, (x - mean) / scale. One row of weights was
trained on 0 and 1; of several, each is a class, named by its number or by `--labels`.
"""
import json
import struct


def dump_json(layer, columns, path, mean=None, scale=None):
    rows = layer.weight.tolist()
    scaler = {name: t.tolist() for name, t in (("mean_", mean), ("scale_", scale)) if t is not None}
    with open(path, "w") as f:
        json.dump({"coef_": rows, "intercept_": layer.bias.tolist(), "classes_": list(range(max(2, len(rows)))),
                   "feature_names_in_": list(columns), "scalers": [scaler]}, f)


def dump_safetensors(layer, path, mean=None, scale=None):
    header, data = {}, b""
    for name, t in (("weight", layer.weight), ("bias", layer.bias), ("mean", mean), ("scale", scale)):
        if t is not None:
            raw = struct.pack(f"<{t.numel()}f", *t.flatten().tolist())
            header[name] = {"dtype": "F32", "shape": list(t.shape), "data_offsets": [len(data), len(data) + len(raw)]}
            data += raw
    text = json.dumps(header).encode()
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + data)
