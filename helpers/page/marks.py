"""The marks of the course's figures: curves with their spread, bars, dots, and names at the ends of lines.

A mark takes the name of a network version, a key of style.COLOURS, so that a version has one colour in the whole course. All
marks of many copies show the same statistic: the median, and around it the middle 70 % or every single copy.
"""

import numpy as np

from helpers.page.style import COLOURS


def curve(ax, steps, values, version, label=None):
    """The median over copies as a line, the middle 70 % as a band, and a name at the line's end.

    ax: the panel.
    steps: (K,) places along the horizontal axis.
    values: (K, M) one column for each copy. Copies that diverged (NaN) leave the band and are counted in the name.
    version: a key of COLOURS.
    label: the name (default: version). Names that would overlap move apart when the figure is shown.
    Raises ValueError for an unknown version, and if every value is NaN.

    >>> curve(plt.subplots()[1], [0, 1, 2], np.random.rand(3, 16), "with BN")
    """
    values = np.asarray(values, dtype=float)
    ended = int(np.isnan(values[-1]).sum())
    text = (label or version) + (f"\n({ended} of {values.shape[1]} diverged)" if ended else "")
    kept = ~np.isnan(values).all(axis=1)
    if not kept.any():
        raise ValueError(f"every value of {label or version!r} is NaN: there is no copy left to draw.")
    x, middle = band(ax, np.asarray(steps)[kept], values[kept], version)
    label_line(ax, x[-1], middle[-1], text, version)


def band(ax, x, values, version, **line):
    """The median of the columns as a line, and a band that holds the middle 70 % of them, without a name.

    x: (K,); values: (K, M), NaN left out; version: a key of COLOURS; line: options for the line, such as linestyle.
    Returns x and the median, each (K,).
    """
    low, middle, high = np.nanpercentile(np.asarray(values, dtype=float), [15, 50, 85], axis=1)
    ax.fill_between(x, low, high, color=colour_of(version), alpha=0.2, linewidth=0)
    ax.plot(x, middle, color=colour_of(version), **line)
    return x, middle


def label_line(ax, x, y, text, version):
    """A name just right of the point (x, y), in the colour of the version. Names of one panel that overlap are moved apart by show()."""
    name = ax.annotate(text, (x, y), xytext=(7, 0), textcoords="offset points", color=colour_of(version), va="center", weight="bold")
    name.set(annotation_clip=False, gid="line end")
    return name


def bars(ax, values, versions, unit=""):
    """Horizontal bars of the median over copies, each copy as a dot.

    values: {name: (M,) array or one number}, the first on top.
    versions: a key of COLOURS for all, a list with one for each bar, or {name: key}.
    unit: what the horizontal axis shows.
    """
    for place, (sample, version) in enumerate(_with_versions(values, versions)):
        ax.barh(place, np.nanmedian(sample), color=colour_of(version), alpha=0.35, height=0.62)
        ax.plot(sample, place + _apart(sample), "o", color=colour_of(version), markersize=4)
    _name_rows(ax, values)
    ax.set_xlabel(unit)


def dots(ax, values, versions, limit=None):
    """A row of dots for each name, one a copy, with a line at their median.

    values: {name: (M,) array}, the first on top; versions: as for bars().
    limit: where a copy without a finite value is drawn, as a ring (default: not at all).
    """
    for place, (sample, version) in enumerate(_with_versions(values, versions)):
        colour, there, heights = colour_of(version), np.isfinite(sample), place + _apart(sample)
        ax.plot(sample[there], heights[there], "o", color=colour, markersize=4, alpha=0.8)
        middle = np.nanmedian(sample)
        if limit is not None:
            ax.plot(np.full((~there).sum(), limit), heights[~there], "o", markerfacecolor="none", color=colour, markersize=5)
            middle = min(middle, limit)
        ax.plot([middle, middle], [place - 0.36, place + 0.36], color=colour, linewidth=3)
    _name_rows(ax, values)


def plain_ticks(ax, x=None, y=None):
    """Numbers written out on an axis, logarithmic or not, at the given places and nowhere else. x, y: lists of numbers."""
    for axis, places in ((ax.xaxis, x), (ax.yaxis, y)):
        if places is not None:
            axis.set_ticks(list(places), [f"{place:,.12g}" for place in places])
            axis.set_ticks([], minor=True)


def reference(ax, x=None, y=None, text=None):
    """A thin dashed black line at the height y or the place x, with its name.

    text: what the line stands for; at the right end of a horizontal line just above it, at the top of a vertical one.
    Raises ValueError unless exactly one of x and y is given.
    """
    if (x is None) == (y is None):
        raise ValueError(f"reference() takes a place x or a height y; got x={x} and y={y}.")
    style = {"color": COLOURS["theory"], "linewidth": 1, "linestyle": "--", "zorder": 1.5}
    if y is not None:
        ax.axhline(y, **style)
        where = {"xy": (1, y), "xycoords": ("axes fraction", "data"), "xytext": (-3, 3), "ha": "right", "va": "bottom"}
    else:
        ax.axvline(x, **style)
        where = {"xy": (x, 1), "xycoords": ("data", "axes fraction"), "xytext": (4, -3), "ha": "left", "va": "top"}
    if text is not None:
        ax.annotate(text, textcoords="offset points", color=COLOURS["theory"], fontsize=11.5, **where)


def colour_of(version):
    """The colour of a network version; ValueError for a name that has none."""
    if version not in COLOURS:
        raise ValueError(f"no version is called {version!r}; there are: {', '.join(COLOURS)}.")
    return COLOURS[version]


def _with_versions(values, versions):
    """Pairs (sample as an array, version), in the order of values."""
    if isinstance(versions, str):
        versions = [versions] * len(values)
    elif isinstance(versions, dict):
        versions = [versions[name] for name in values]
    if len(versions) != len(values):
        raise ValueError(f"got {len(values)} rows and {len(versions)} versions; expected one version for each row, or one for all.")
    return zip((np.atleast_1d(np.asarray(sample, dtype=float)) for sample in values.values()), versions, strict=True)


def _apart(sample):
    """Heights around 0 at which the copies of a row do not cover one another."""
    return np.linspace(-0.2, 0.2, len(sample)) if len(sample) > 1 else np.zeros(1)


def _name_rows(ax, values):
    ax.set_yticks(range(len(values)), list(values))
    ax.set_ylim(len(values) - 0.5, -0.5)  # the first name on top
    ax.grid(axis="y", visible=False)
