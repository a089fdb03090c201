"""The curves of detection against jitter as an SVG: a row of panels for each choice of sizes, one panel a period."""
WIDTH, HEIGHT, LEFT, TOP, STEP_X, STEP_Y = 150, 100, 70, 62, 190, 150
STYLES = {"one-sided": ("#1b6ca8", ""), "additive": ("#c25700", "6 3"), "symmetric": ("#3c8031", "2 3")}


def text(x, y, words, anchor="middle", more=""):
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}"{more}>{words}</text>'


def line(points, colour, dashes):
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<polyline fill="none" stroke="{colour}" stroke-width="2"{dashed} points="{points}"/>'


def panel(x, y, title, jitters, shapes):
    """The frame with its marks at 0, 50 and 100 %, and one line for each shape."""
    out = [f'<path d="M{x} {y}v{HEIGHT}h{WIDTH}M{x} {y}h{WIDTH}M{x} {y + HEIGHT // 2}h{WIDTH}" fill="none" stroke="#bbb"/>',
           text(x + WIDTH // 2, y - 6, title)]
    for percent in (0, 50, 100):
        out.append(text(x - 5, y + HEIGHT - percent * HEIGHT // 100 + 4, percent, "end"))
        out.append(text(x + percent * WIDTH // 100, y + HEIGHT + 14, percent))
    for shape, shares in shapes.items():
        points = " ".join(f"{x + j * WIDTH:.0f},{y + (1 - s) * HEIGHT:.0f}" for j, s in zip(jitters, shares))
        out.append(line(points, *STYLES[shape]))
    return out


def legend():
    out = []
    for i, (shape, style) in enumerate(STYLES.items()):
        x = LEFT + i * STEP_X
        out += [line(f"{x},38 {x + 30},38", *style), text(x + 36, 42, shape, "start")]
    return out


def draw(curves, jitters):
    """curves: {sizes: {(period, shape): shares}}"""
    periods = sorted({p for p, _ in next(iter(curves.values()))})
    width, height = LEFT + len(periods) * STEP_X, TOP + len(curves) * STEP_Y + 6
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="11">',
           f'<rect width="{width}" height="{height}" fill="#fff"/>',
           text(LEFT, 20, "Beacons found within 24 h (%) by jitter (% of the period)", "start", ' font-size="13"'), *legend()]
    for row, (sizes, by_curve) in enumerate(curves.items()):
        y = TOP + 8 + row * STEP_Y
        for column, p in enumerate(periods):
            shapes = {shape: by_curve[p, shape] for shape in STYLES}
            out += panel(LEFT + column * STEP_X, y, f"{p} s, {sizes} sizes", jitters, shapes)
    return "\n".join([*out, "</svg>", ""])
