"""What stands on the page.

claims       claim() and guard(): a finding checked by code, shown as a sentence or not at all; recorded_claims() reads them back
records      record(), figure(): a finding or a picture of another notebook, found by the beginning of its text; a stale one is an error
verdicts     verdict(), show_figure(): how a statement came out, with the records behind it
predictions  predict(): a question to commit to before the result is visible
explorers    explore(): sliders above one figure
frames       an explorer's pictures at chosen positions, for pages without a kernel
flipbooks    flipbook(): pictures to leaf through, without a kernel
style        colours, sizes and the look of all figures
marks        curves, bands, bars, dots, labels at the ends of lines
diagrams     drawings that several figures need as a whole
finish       show(): a figure on the page, with alternative text
progress     with_progress(): a bar when something takes long
widgets      how a live widget gets onto the page
setup_check  check_setup(): does this computer have what the course needs?
"""

from helpers.page.claims import ClaimError, claim, guard, recorded_claims
from helpers.page.diagrams import gallery, heatmap_of_training, loss_contours, picture_row, statistics_groups, thumbnails
from helpers.page.explorers import explore
from helpers.page.finish import show
from helpers.page.flipbooks import flipbook
from helpers.page.marks import band, bars, curve, dots, label_line, plain_ticks, reference
from helpers.page.predictions import predict
from helpers.page.progress import with_progress
from helpers.page.records import RecordError, record, records
from helpers.page.setup_check import check_setup
from helpers.page.style import COLOURS, WIDTH, use_course_style
from helpers.page.verdicts import show_figure, verdict

__all__ = [
    "COLOURS",
    "WIDTH",
    "ClaimError",
    "RecordError",
    "band",
    "bars",
    "check_setup",
    "claim",
    "curve",
    "dots",
    "explore",
    "flipbook",
    "gallery",
    "guard",
    "heatmap_of_training",
    "label_line",
    "loss_contours",
    "picture_row",
    "plain_ticks",
    "predict",
    "record",
    "recorded_claims",
    "records",
    "reference",
    "show",
    "show_figure",
    "statistics_groups",
    "thumbnails",
    "use_course_style",
    "verdict",
    "with_progress",
]
