#!/usr/bin/python3
"""Every format that noroshi-model reads, against the trainer that writes it: the trainer learns on rows of features, the
exported model scores them with the device's code, and every row farther from the threshold than the file's bound
must get the decision of the trainer's own program, whichever label came first.

Simulated traffic here; `test_model_formats.py --write` does the same on the open corpus (../shared/data) and writes the table
of tools/model/README.md anew, whose words are checked here. Without a trainer its rows are left out.
"""
import json
import pathlib
import re
import sys
import tempfile

try:
    import numpy as np
except ImportError:
    print("python3-numpy is not installed")
    sys.exit(77)

import formatlab as lab

README = pathlib.Path("tools/model/README.md")
BINS = "models/beacon.nrm"


class Run:
    """One training: where its file is, what the trainer decides for each row, and options for export."""

    def __init__(self, path, truth, *options):
        self.path, self.truth, self.options = path, np.asarray(truth), options


def sklearn_models(rows):
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.linear_model import LogisticRegression, SGDClassifier
    from sklearn.model_selection import StratifiedKFold
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, RobustScaler, StandardScaler
    from sklearn.svm import LinearSVC

    logistic = LogisticRegression(max_iter=200)
    yield make_pipeline(StandardScaler(), logistic)
    yield make_pipeline(MinMaxScaler(), LinearSVC(dual=False))
    if len(rows.classes) == 2:
        yield make_pipeline(StandardScaler(with_mean=False), RobustScaler(), SGDClassifier(random_state=1))
        yield CalibratedClassifierCV(make_pipeline(MaxAbsScaler(), LinearSVC(dual=False)), ensemble=False,
                                     cv=StratifiedKFold(3, shuffle=True, random_state=1))


def index_of(rows, labels):
    return [rows.classes.index(label) for label in labels]


def sklearn_json(folder, rows):
    """Labels as text: "beacon" sorts before "benign", so a positive sum means benign; as numbers it is the other way."""
    dump = lab.recipe("from_sklearn").dump
    for i, model in enumerate(sklearn_models(rows)):
        path = folder / f"sklearn-{i}.json"
        model.fit(rows.x, rows.labels())
        if hasattr(model, "calibrated_classifiers_"):
            truth = model.calibrated_classifiers_[0].estimator.predict(rows.x)
        else:
            truth = model.predict(rows.x)
        dump(model, rows.names, path)
        yield Run(path, index_of(rows, truth))
    if len(rows.classes) == 2:
        model = next(sklearn_models(rows)).fit(rows.x, rows.y)
        dump(model, rows.names, folder / "sklearn-numbers.json")
        yield Run(folder / "sklearn-numbers.json", model.predict(rows.x))


def svm_labels(rows):
    return np.where(rows.y, 1, -1) if len(rows.classes) == 2 else rows.y


def from_svm(labels, rows):
    return (labels > 0).astype(int) if len(rows.classes) == 2 else labels


def svm_scaled(folder, data):
    """(scaled data, options for export)"""
    ranges, scaled = folder / "ranges", folder / "scaled.svm"
    scaled.write_text(lab.call("svm-scale", "-s", ranges, data))
    return scaled, ["--scale", ranges]


def svm_tool(folder, rows, train, predict, name, options, scale=False):
    """Trained twice: the label of a positive sum is the one that came first."""
    labels = svm_labels(rows)
    for first in (1, -1) if len(rows.classes) == 2 else (2, 0):
        data, path, scaling = folder / f"{name}.svm", folder / f"{name}-{first}.model", []
        order = rows.save_svm(data, labels, first)
        if scale:
            data, scaling = svm_scaled(folder, data)
        lab.call(train, "-q", *options, data, path)
        lab.call(predict, data, path, folder / "out")
        truth = np.empty(len(labels), dtype=int)
        truth[order] = from_svm(np.loadtxt(folder / "out").astype(int), rows)
        naming = ["--labels", ",".join(label_names(path, rows))] if len(rows.classes) > 2 else []
        yield Run(path, truth, *scaling, *naming)


def label_names(path, rows):
    line = next(text for text in path.read_text().splitlines() if text.startswith("label"))
    return [rows.classes[int(v)] for v in line.split()[1:]]


def liblinear(folder, rows):
    solvers = [["-s", "0", "-c", "0.01", "-B", "1"], ["-s", "2", "-c", "0.001", "-B", "10"]]
    if rows.x.max() == 1:
        solvers = [["-s", "0", "-B", "1"], ["-s", "5"], ["-s", "4"]]
    if len(rows.classes) > 2:
        solvers = [["-s", "0", "-c", "0.001", "-B", "1"], ["-s", "4", "-c", "0.0001"]]
    if rows.x.max() > 1:
        yield from svm_tool(folder, rows, "liblinear-train", "liblinear-predict", "scaled", ["-s", "0", "-B", "1"], True)
    for options in solvers:
        yield from svm_tool(folder, rows, "liblinear-train", "liblinear-predict", "liblinear", options)


def libsvm(folder, rows):
    """Raw columns by way of svm-scale, or training would take hours."""
    for options in ["-t", "0", "-c", "0.1"], ["-t", "0", "-s", "1", "-n", "0.2"]:
        yield from svm_tool(folder, rows, "svm-train", "svm-predict", "libsvm", options, rows.x.max() > 1)


def torch_layer(rows, seed=3):
    """(layer, mean, scale) after a few steps of logistic or softmax regression."""
    import torch

    torch.manual_seed(seed)
    torch.set_num_threads(1)
    x, y = torch.tensor(rows.x, dtype=torch.float32), torch.tensor(rows.y)
    mean, scale = x.mean(0), x.std(0).clamp(min=1e-3)
    two = len(rows.classes) == 2
    layer = torch.nn.Linear(x.shape[1], 1 if two else len(rows.classes))
    loss = torch.nn.BCEWithLogitsLoss() if two else torch.nn.CrossEntropyLoss()
    learner = torch.optim.Adam(layer.parameters(), lr=0.05)
    for _ in range(120):
        learner.zero_grad()
        out = layer((x - mean) / scale)
        (loss(out[:, 0], y.float()) if two else loss(out, y)).backward()
        learner.step()
    return layer, mean, scale


def torch_truth(rows, layer, mean, scale):
    import torch

    with torch.no_grad():
        out = layer.double()((torch.tensor(rows.x, dtype=torch.float64) - mean) / scale)
        layer.float()
    return (out[:, 0] > 0).int().numpy() if out.shape[1] == 1 else out.argmax(1).numpy()


def named(rows):
    return [] if len(rows.classes) == 2 else ["--labels", ",".join(rows.classes)]


def pytorch_json(folder, rows):
    layer, mean, scale = torch_layer(rows)
    lab.recipe("from_pytorch").dump_json(layer, rows.names, folder / "torch.json", mean, scale)
    yield Run(folder / "torch.json", torch_truth(rows, layer, mean, scale), *named(rows))


def safetensors(folder, rows):
    layer, mean, scale = torch_layer(rows)
    lab.recipe("from_pytorch").dump_safetensors(layer, folder / "torch.safetensors", mean, scale)
    yield Run(folder / "torch.safetensors", torch_truth(rows, layer, mean, scale), *named(rows))


def onnx_torch(folder, rows):
    import torch

    layer, mean, scale = torch_layer(rows)

    class Scaled(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.mean, self.scale = torch.nn.Parameter(mean), torch.nn.Parameter(scale)

        def forward(self, x):
            return (x - self.mean) / self.scale

    chance = torch.nn.Sigmoid() if len(rows.classes) == 2 else torch.nn.Softmax(1)
    torch.onnx.export(torch.nn.Sequential(Scaled(), layer, chance), torch.zeros(1, rows.x.shape[1]), str(folder / "torch.onnx"), input_names=["x"])
    yield Run(folder / "torch.onnx", torch_truth(rows, layer, mean, scale), *named(rows))


def onnx_sklearn(folder, rows):
    """The two shapes of sklearn-onnx, single and double precision, made by the onnx package from scikit-learn's numbers."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    model = next(sklearn_models(rows)).fit(rows.x, rows.labels())
    scaler, linear = model[0], model[1]
    coef, bias = linear.coef_, linear.intercept_
    if len(coef) == 1:
        coef, bias = np.vstack([-coef, coef]), np.concatenate([-bias, bias])
    labels, ml = [str(c) for c in linear.classes_], {"domain": "ai.onnx.ml"}
    post = "LOGISTIC" if len(labels) == 2 else "SOFTMAX"
    scale = helper.make_node("Scaler", ["x"], ["scaled"], offset=scaler.mean_.tolist(), scale=(1 / scaler.scale_).tolist(), **ml)
    single = [scale,
              helper.make_node("LinearClassifier", ["scaled"], ["label", "raw"], coefficients=coef.ravel().tolist(),
                               intercepts=bias.tolist(), classlabels_strings=labels, multi_class=1, post_transform=post, **ml),
              helper.make_node("Normalizer", ["raw"], ["sums"], norm="L1", **ml),
              helper.make_node("ZipMap", ["sums"], ["chance"], classlabels_strings=labels, **ml)]
    double = [helper.make_node("Cast", ["x"], ["wide"], to=TensorProto.DOUBLE),
              helper.make_node("Sub", ["wide", "mean"], ["centred"]),
              helper.make_node("Div", ["centred", "deviation"], ["scaled"]),
              helper.make_node("MatMul", ["scaled", "coef"], ["product"]),
              helper.make_node("Add", ["product", "intercept"], ["raw"]),
              helper.make_node("ArgMax", ["raw"], ["best"], axis=1),
              helper.make_node("ArrayFeatureExtractor", ["labels", "best"], ["label"], **ml),
              helper.make_node("Softmax" if len(labels) > 2 else "Sigmoid", ["raw"], ["chance"])]
    tensors = {"mean": scaler.mean_, "deviation": scaler.scale_, "coef": np.ascontiguousarray(coef.T), "intercept": bias[None],
               "labels": np.array(labels, dtype=object)}
    for name, nodes, stored in ("single", single, {}), ("double", double, tensors):
        graph = helper.make_graph(nodes, "g", [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, rows.x.shape[1]])],
                                  [helper.make_tensor_value_info("chance", TensorProto.FLOAT, None)],
                                  [numpy_helper.from_array(v, n) for n, v in stored.items()])
        proto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13), helper.make_opsetid("ai.onnx.ml", 2)])
        onnx.save(proto, str(folder / f"{name}.onnx"))
        yield Run(folder / f"{name}.onnx", index_of(rows, model.predict(rows.x)))


def plain_weights(rows, digits=17):
    """Least squares on -1/1 in the units of the columns: no trainer, but something to write down."""
    x = np.hstack([rows.x, np.ones((len(rows.x), 1))])
    w = np.linalg.lstsq(x.T @ x + np.eye(x.shape[1]), x.T @ np.where(rows.y, 1.0, -1.0), rcond=None)[0]
    w = np.array([float(f"%.{digits}g" % v) for v in w])
    return w, (x @ w > 0).astype(int)


VW_HEAD = """Version 9.11.2
Id \nMin label:-1\nMax label:1\nbits:18\nlda:0\n0 ngram:\n0 skip:\noptions: --loss_function logistic\nChecksum: 1\n:0
"""


def vw(folder, rows):
    w, truth = plain_weights(rows, 6)
    lines = [f"{i + 1}:{v:.6g}\n" for i, v in enumerate(w[:-1]) if v] + [f"116060:{w[-1]:.6g}\n"]
    (folder / "readable.vw").write_text(VW_HEAD + "".join(lines))
    yield Run(folder / "readable.vw", truth)
    w, truth = plain_weights(rows)
    lines = [f"{n}:{1000 + i}:{float(v).hex()}\n" for i, (n, v) in enumerate(zip(rows.names, w)) if v]
    (folder / "inverted.vw").write_text(VW_HEAD + "".join(lines) + f"Constant:116060:{float(w[-1]).hex()}\n")
    yield Run(folder / "inverted.vw", truth)


def jubatus(folder, rows):
    """Both orders of the labels in the file; the one that is named decides, not the place."""
    w, truth = plain_weights(rows)
    for order in (1, -1):
        sides = [("benign", -0.5), ("beacon", 0.5)][::order]
        weight = {f"{n}@num": {label: {"v1": s * v, "v2": 0.1, "v3": 0} for label, s in sides}
                  for n, v in zip(rows.names + ["bias"], w)}
        path = folder / f"jubatus{order}.json"
        path.write_text(json.dumps({"storage": {"storage": {"weight": weight}, "label": {}}, "weights": {}}))
        yield Run(path, truth)


class RiverScaler:
    """The attributes of River's StandardScaler and of its pipeline and linear model that the recipe reads."""

    def __init__(self, rows):
        self.means = dict(zip(rows.names, rows.x.mean(axis=0)))
        self.vars = dict(zip(rows.names, rows.x.var(axis=0)))


class RiverModel:
    def __init__(self, rows, weights, intercept):
        self.weights, self.intercept = dict(zip(rows.names, weights)), intercept
        self.steps = {"StandardScaler": RiverScaler(rows), "LogisticRegression": self}


def river(folder, rows):
    deviation = rows.x.std(axis=0)
    scaled = lab.Rows(rows.schema, rows.names, (rows.x - rows.x.mean(axis=0)) / np.where(deviation > 0, deviation, 1), rows.y,
                      rows.classes)
    w, truth = plain_weights(scaled)
    lab.recipe("from_river").dump(RiverModel(rows, w[:-1], w[-1]), folder / "river.json")
    yield Run(folder / "river.json", truth)


class Format:
    def __init__(self, name, source, folded, positive, refused, tested, needs, run, kinds):
        self.words = (name, source, folded, positive, refused)
        self.tested, self.needs, self.run, self.kinds = tested, needs, run, kinds

    def tested_against(self):
        tool, package = self.tested
        return f"{tool} {lab.version(package)}" if package else tool


WRITTEN = "written by its grammar: no trainer is packaged"
FORMATS = (
    Format("sklearn-json", "`recipes/from_sklearn.py`", "Standard-, MinMax-, MaxAbs-, RobustScaler; Platt's sigmoid",
           "`classes_[1]`", "unknown keys, other steps of a pipeline", ("scikit-learn", "python3-sklearn"), ["sklearn"],
           sklearn_json, ("raw", "bins", "packer")),
    Format("sklearn-json", "`recipes/from_pytorch.py`", "mean, scale", "1", "the same", ("PyTorch", "python3-torch"), ["torch"],
           pytorch_json, ("raw", "packer")),
    Format("sklearn-json", "`recipes/from_river.py`", "StandardScaler", "True", "the same", ("a stand-in for its objects: no trainer is packaged", None),
           [], river, ("raw",)),
    Format("liblinear", "`liblinear-train`", "`svm-scale -s` by `--scale`; the bias value", "the label seen first", "wrong order of keys, nan",
           ("LIBLINEAR", "liblinear-tools"), ["liblinear-train", "svm-scale"], liblinear, ("raw", "bins", "packer")),
    Format("libsvm", "`svm-train -t 0`", "`svm-scale -s` by `--scale`; rho; probA and probB as calibration", "the label seen first",
           "other kernels, three classes and more", ("LIBSVM", "libsvm-tools"), ["svm-train", "svm-scale"], libsvm, ("raw", "bins")),
    Format("vw", "`--readable_model`, `--invert_hash`", "the constant", "1 of -1/1", "interactions, n-grams, reductions, any option not known",
           (WRITTEN, None), [], vw, ("raw", "bins")),
    Format("onnx", "`torch.onnx.export`", "Sub, Div, Mul, Add", "1, or the label of the row", "other nodes, a second layer, data in other files",
           ("PyTorch", "python3-torch"), ["torch"], onnx_torch, ("raw", "packer")),
    Format("onnx", "sklearn-onnx's shapes", "Scaler, Sub, Div", "the second row", "Normalizer before the scores", ("onnx", "python3-onnx"),
           ["onnx", "sklearn"], onnx_sklearn, ("raw", "bins", "packer")),
    Format("safetensors", "`recipes/from_pytorch.py`", "mean, scale", "1", "other tensors, F16", ("PyTorch", "python3-torch"), ["torch"],
           safetensors, ("raw", "packer")),
    Format("jubatus-json", "`jubadump`", "a feature `bias`", "the label's name", "features of text, `@log`", (WRITTEN, None), [], jubatus,
           ("raw", "bins")),
)
HEAD = ("format", "read from", "folded", "a positive sum means", "refused", "tested against", "rows", "bound, mlogit", "within it", "differ beyond")


def try_format(form, rows, folder):
    """Outcomes of all trainings of a format on one set of rows."""
    outcomes = []
    for run in form.run(folder, rows):
        options = [] if len(rows.classes) == 2 else ["--from", form.words[0]]
        lab.export(rows, run.path, folder / "m.nrm", *options, *run.options)
        outcomes.append(lab.compare(rows, folder / "m.nrm", run.truth))
        if outcomes[-1].beyond:
            raise AssertionError(f"{form.words[0]}: {run.path.name}: {outcomes[-1].beyond} decisions differ beyond the bound")
        if outcomes[-1].near > outcomes[-1].n / 2:
            raise AssertionError(f"{form.words[0]}: {run.path.name}: {outcomes[-1].near} rows within the bound: nothing is compared")
    return outcomes


def measure(form, kinds, folder):
    if not lab.has(*form.needs):
        return None
    return [o for kind in form.kinds if kind in kinds for o in try_format(form, kinds[kind], folder)]


def cells(form, outcomes):
    if outcomes is None:
        return (*form.words, form.tested_against(), "-", "-", "-", "-")
    bounds = [o.bound for o in outcomes]
    return (*form.words, form.tested_against(), f"{len(outcomes)} x {outcomes[0].n}", f"{min(bounds)}-{max(bounds)}",
            str(sum(o.near for o in outcomes)), str(sum(o.beyond for o in outcomes)))


def line(values):
    return "| " + " | ".join(values) + " |\n"


def write_table(results):
    table = line(HEAD) + line(["---"] * len(HEAD)) + "".join(line(cells(f, o)) for f, o in results)
    text, n = re.subn(r"(<!-- formats -->\n).*?(<!-- end -->)", lambda m: m[1] + table + m[2], README.read_text(), flags=re.S)
    if n != 1:
        sys.exit(f"{README}: no place for the table")
    README.write_text(text)


def check_table(results):
    """The words of the table are these; its figures are of the open corpus, and nothing differs in them."""
    lines = [text.strip("| \n").split(" | ") for text in README.read_text().split("<!-- formats -->")[1].split("<!-- end -->")[0].splitlines()[3:]]
    if [tuple(text[:5]) for text in lines] != [form.words for form, _ in results]:
        raise AssertionError(f"{README}: the table of formats is not what this program writes (--write)")
    if any(text[-1] not in ("0", "-") for text in lines):
        raise AssertionError(f"{README}: decisions differ beyond the bound")


def main():
    write = sys.argv[1:] == ["--write"]
    corpus = lab.CORPUS if write else None
    with tempfile.TemporaryDirectory() as tmp:
        folder = pathlib.Path(tmp)
        kinds = {"raw": lab.beacon_rows(folder, corpus), "bins": lab.beacon_rows(folder, corpus, BINS)}
        if not write:
            kinds["packer"] = lab.packer_rows()
        results = [(form, measure(form, kinds, folder)) for form in FORMATS]
    for form, outcomes in results:
        print(" ".join(cells(form, outcomes)[i] for i in (0, 1, 5, 6, 7, 8, 9)))
    if write:
        write_table(results)
    else:
        check_table(results)
    left_out = [form.words[1] for form, outcomes in results if outcomes is None]
    if left_out:
        print("left out, no trainer here: " + ", ".join(left_out))


if __name__ == "__main__":
    main()
