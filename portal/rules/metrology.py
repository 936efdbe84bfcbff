"""The door to the weighing and measuring rules: judge a weighing, a pack, a lot, a scale, a delivery.

Every judge takes whole numbers in smallest units and the day whose edition of the rule applies,
and returns a `Judgement`: a verdict, the limit, the rule it used and the reasons. It never says
"illegal"; the three verdicts are within, over, and not provable.
"""

from __future__ import annotations

from portal.rules.book import Confidence
from portal.rules.delivery import judge_charger, judge_fuel, judge_meter, judge_taximeter
from portal.rules.goods import Goods, goods_group_of, goods_named
from portal.rules.judgement import (
    Judgement,
    RetailJudgement,
    RetailRow,
    amount,
    judgement_from_snapshot,
)
from portal.rules.metrology_terms import (
    AccuracyClass,
    Basis,
    ChargerClass,
    CheckMethod,
    DecidedBy,
    FlowZone,
    GoodsGroup,
    MeterKind,
    Quantity,
    Reference,
    Rounding,
    Stage,
    Verdict,
)
from portal.rules.prepackaged import (
    figure_height_um,
    judge_lot,
    judge_package,
    permitted_shortage,
    permitted_shortage_exact,
)
from portal.rules.retail_weighing import FAIR_SCALE, CheckScale, judge_retail, method_for
from portal.rules.scales import ScaleSpec, judge_scale, mpe_mg
from portal.rules.suitability import Misfit, Suitability, suits

__all__ = [
    "FAIR_SCALE",
    "AccuracyClass",
    "Basis",
    "ChargerClass",
    "CheckMethod",
    "CheckScale",
    "Confidence",
    "DecidedBy",
    "FlowZone",
    "Goods",
    "GoodsGroup",
    "Judgement",
    "MeterKind",
    "Misfit",
    "Quantity",
    "Reference",
    "RetailJudgement",
    "RetailRow",
    "Rounding",
    "ScaleSpec",
    "Stage",
    "Suitability",
    "Verdict",
    "amount",
    "figure_height_um",
    "goods_group_of",
    "goods_named",
    "judge_charger",
    "judge_fuel",
    "judge_lot",
    "judge_meter",
    "judge_package",
    "judge_retail",
    "judge_scale",
    "judge_taximeter",
    "judgement_from_snapshot",
    "method_for",
    "mpe_mg",
    "permitted_shortage",
    "permitted_shortage_exact",
    "suits",
]
