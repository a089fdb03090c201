/* agent/release.h - which agent this is
 *
 * NRS_VERSION, the text, comes from the build. The number is what a model's `min_agent` is compared with; it
 * is raised by hand together with a release. */
#ifndef NRS_RELEASE_H
#define NRS_RELEASE_H

#include "version.h"

#define NRS_AGENT_NUMBER ((0u << 16) | (1u << 8) | 0u) /* 0.1.0 */
#define NRS_AGENT_YEAR 2026 /* when it was written; a clock before that year was never set */

#endif
