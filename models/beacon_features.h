/* models/beacon_features.h - the beacon schema: X(name, maximum, what it is and where the idea comes from)
 *
 * The order is part of the schema. Logarithms are base 2 in eighths (q3): 8 is a factor of two. Shares are
 * out of 255. "Relative" values are quotients to the median. Features gap_* look at the last connections
 * one by one. Features vis_* look at visits: connections after at least ten quiet seconds, so that a
 * check-in of several connections counts once. With fewer than four visits remembered, vis_* repeat gap_*.
 * In the window of 7 d, `n` and `hours` count the week, while features of single minutes (fill, span, acf,
 * peak) count its last day. */
#ifndef NRS_BEACON_FEATURES_H
#define NRS_BEACON_FEATURES_H

#define NRS_BEACON_FEATURES(X)                                                                               \
    X(win, 3, "window: 0 = 1 h, 1 = 6 h, 2 = 24 h, 3 = 7 d")                                                 \
    X(n, 255, "connections in the window, log q3")                                                           \
    X(gap_med, 255, "median gap in ms, log q3")                                                              \
    X(gap_mad, 2047, "median absolute deviation of gaps, relative, out of 1024 (RITA, Slips)")               \
    X(gap_iqr, 1023, "interquartile range of gaps, relative, out of 256")                                    \
    X(gap_skew, 256, "Bowley skew of gaps: 0 left, 128 even, 256 right (RITA)")                              \
    X(gap_near, 255, "share of gaps within 35 % of the median (sloth, tolerant of 50 % jitter)")             \
    X(gap_max, 255, "longest gap over the median, log q3")                                                   \
    X(gap_short, 255, "share of gaps under a second: parallel connections")                                  \
    X(hist_top, 255,                                                                                         \
      "share of the two fullest neighbouring half-octaves among all gaps since first contact")               \
    X(hist_used, 32, "half-octaves that hold any gap")                                                       \
    X(vis_n, 255, "visits remembered, log q3")                                                               \
    X(vis_med, 255, "median gap between visits in ms, log q3")                                               \
    X(vis_mad, 2047, "median absolute deviation of visit gaps, relative, out of 1024")                       \
    X(vis_iqr, 1023, "interquartile range of visit gaps, relative, out of 256")                              \
    X(vis_skew, 256, "Bowley skew of visit gaps")                                                            \
    X(vis_near, 255, "share of visit gaps within 35 % of their median")                                      \
    X(vis_harm, 255, "share of visit gaps within 10 % of one, two or three times the first quartile")        \
    X(vis_run, 255, "longest run of visit gaps within 20 % of their predecessor, share")                     \
    X(vis_size, 255, "connections per visit, log q3")                                                        \
    X(fill, 255, "active minutes between the first and the last one in the window, share")                   \
    X(span, 255, "time between first and last connection in the window, share of the window")                \
    X(hours, 255, "hours of the window with a connection, share")                                            \
    X(acf, 255, "share of active minutes that meet another one or two periods (vis_med) later (Elastic)")    \
    X(peak, 15, "fullest minute")                                                                            \
    X(fail, 255, "failed connections, share of all since first contact")                                     \
    X(fail_now, 255, "failed connections, share of the remembered ones")                                     \
    X(tx_med, 255, "median bytes sent, log q3")                                                              \
    X(tx_mad, 255, "median absolute deviation of bytes sent, relative, out of 256")                          \
    X(tx_same, 255, "share of the most common number of bytes sent")                                         \
    X(rx_med, 255, "median bytes received, log q3")                                                          \
    X(rx_mad, 255, "median absolute deviation of bytes received, relative, out of 256")                      \
    X(rx_same, 255, "share of the most common number of bytes received")                                     \
    X(ratio, 255, "bytes received over sent, log q3, 128 = equal")                                           \
    X(dur_med, 255, "median duration in ms, log q3")                                                         \
    X(dur_mad, 255, "median absolute deviation of durations, relative, out of 256")                          \
    X(blind, 255, "share of remembered connections without known sizes")                                     \
    X(port, 15, "port class (features.h)")                                                                   \
    X(place, 3, "address class (features.h)")                                                                \
    X(proto, 3, "0 TCP, 1 UDP, 2 ICMP, 3 other")                                                             \
    X(ntp, 1, "48 bytes each way, wherever it goes")                                                         \
    X(siblings, 16, "servers among the remembered connections of siblings (rotation); 0 = one destination")  \
    X(vis_alt, 255,                                                                                          \
      "share of visit gaps on the other side of the median than the gap before; 0 = unknown")                \
    X(rx_max, 255, "most bytes received over the median, log q3")

#endif
