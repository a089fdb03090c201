"""Trains a logistic regression on a table of `noroshi-model features` and writes it for `noroshi-model export`.

    train_sklearn.py data.csv model.json

A starting point: the rows are split by their source, so that the figure is of captures that were not seen.
"""
import csv
import sys

import numpy as np
from from_sklearn import dump
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupShuffleSplit
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

NOT_FEATURES = 9  # label, source, ... conns: what a row is, then its features

with open(sys.argv[1]) as f:
    head, *rows = csv.reader(f)
x = np.array([row[NOT_FEATURES:] for row in rows], dtype=float)
label, source = np.array([row[0] for row in rows]), [row[1] for row in rows]
model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
seen, unseen = next(GroupShuffleSplit(1, test_size=0.3, random_state=1).split(x, label, source))
scores = model.fit(x[seen], label[seen]).decision_function(x[unseen])
print(f"AUC {roc_auc_score(label[unseen] == model.classes_[1], scores):.3f} on {len(unseen)} rows of captures not seen")
dump(model.fit(x, label), head[NOT_FEATURES:], sys.argv[2])
