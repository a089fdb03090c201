/* tools/model/svm_scale.h - what svm-scale did to the columns before LIBSVM or LIBLINEAR saw them */
#ifndef NRS_TOOL_SVM_SCALE_H
#define NRS_TOOL_SVM_SCALE_H
#include "tools/model/columns.h"
#include "models/base/why.h"

/* Reads the file of `svm-scale -s`: column x became x * mul + add. mul, add: [columns->n]. */
int nrs_svm_scale_read(double *mul, double *add, const struct nrs_columns *columns, const char *file,
                       size_t len, struct nrs_why *why);

#endif
