"""A fitted linear model of scikit-learn, alone or behind scalers in a pipeline, as JSON for `noroshi-model export`.

    pipeline = make_pipeline(StandardScaler(), LogisticRegression()).fit(x, y)
    dump(pipeline, names_of_the_columns, "model.json")

CalibratedClassifierCV (sigmoid, one classifier: cv="prefit" or ensemble=False) brings its chance along.
"""
import json

import numpy as np

SCALERS = {"StandardScaler": ("mean_", "scale_"), "RobustScaler": ("center_", "scale_"), "MaxAbsScaler": ("scale_",),
           "MinMaxScaler": ("min_", "scale_")}


def lists(step, names):
    return {n: np.asarray(getattr(step, n)).tolist() for n in names if getattr(step, n, None) is not None}


def scaler(step):
    if type(step).__name__ not in SCALERS or getattr(step, "clip", False):
        raise ValueError(f"{step}: not a scaler that can be folded into weights")
    names = SCALERS[type(step).__name__]
    return lists(step, names[1:] if not getattr(step, "with_mean", True) else names)


def dump(model, columns, path):
    chance = {}
    if hasattr(model, "calibrated_classifiers_"):
        (one,) = model.calibrated_classifiers_
        chance, model = lists(one.calibrators[0], ("a_", "b_")), one.estimator
    *scalers, linear = [step for _, step in model.steps] if hasattr(model, "steps") else [model]
    with open(path, "w") as f:
        json.dump({**lists(linear, ("coef_", "intercept_", "classes_")), "feature_names_in_": list(columns),
                   "scalers": [scaler(step) for step in scalers], **chance}, f)
