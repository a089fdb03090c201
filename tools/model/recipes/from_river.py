"""River's linear models (weights and intercept), alone or behind a StandardScaler, as JSON for `noroshi-model export`.

    model = preprocessing.StandardScaler() | linear_model.LogisticRegression()
    for x, y in rows:                       # x: {column: value}, y: bool
        model.learn_one(x, y)
    dump(model, "model.json")

River divides by the deviation only where that is not 0; a column that never varied weighs nothing.
"""
import json


def dump(model, path):
    *scalers, linear = list(model.steps.values()) if hasattr(model, "steps") else [model]
    names = sorted(linear.weights)
    varies = {n: all(s.vars[n] > 0 for s in scalers) for n in names}
    with open(path, "w") as f:
        json.dump({"coef_": [[linear.weights[n] if varies[n] else 0 for n in names]], "intercept_": [linear.intercept],
                   "classes_": [False, True], "feature_names_in_": names,
                   "scalers": [{"mean_": [s.means[n] for n in names],
                                "scale_": [s.vars[n] ** 0.5 if varies[n] else 1 for n in names]} for s in scalers]}, f)
