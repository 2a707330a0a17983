"""What can be set about label models; the defaults live only here."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Method = Literal["majority", "em", "anchored", "naive_bayes"]


class LabelModelSettings(BaseModel):
    """How votes become labels."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: Literal["choose", "majority", "em", "anchored", "naive_bayes"] = Field(
        "choose", description="One of the methods, or the one that gold rows speak for; without gold: em."
    )
    balance: tuple[float, ...] | None = Field(
        None, description="Shares of the classes; unset: from gold rows, or learned."
    )
    balance_strength: float = Field(
        2.0, gt=0, description="Rows, spread evenly over the classes, that are added to what teaches shares."
    )
    prior_strength: float = Field(
        10.0, gt=0, description="Rows of prior knowledge per class: functions are better than chance."
    )
    better_than_chance: float = Field(
        3.0, ge=1, description="How many times likelier, a priori, a vote is in its own class than elsewhere."
    )
    abstain_weight: float = Field(
        1.0, ge=0, le=1, description="What abstaining counts as evidence: 0 nothing, 1 as much as a vote."
    )
    pseudo_rows: float = Field(
        3.0, gt=0, description="Unlabeled rows count, all together, so many times the gold rows (anchored)."
    )
    tempered: bool = Field(True, description="Functions that agree beyond their classes share their weight.")
    calibrated: bool = Field(True, description="Gold rows say how sure the sum of the evidence may be.")
    rounds: int = Field(10, ge=1, le=50, description="Most rounds of measuring weights and fitting anew.")
    iterations: int = Field(100, ge=1, description="Most iterations of expectation maximisation in a round.")
    tolerance: float = Field(1e-7, gt=0, description="Relative gain of the objective that ends a round.")
    folds: int = Field(5, ge=2, le=50, description="Folds of gold rows by which a method is chosen.")
    least_gold: int = Field(
        20, ge=2, description="Fewer gold rows choose and calibrate nothing: anchored is taken."
    )
    choice_rows: int = Field(
        20_000,
        ge=100,
        description="Rows, every so many-th, with which methods are compared, weights measured.",
    )

    @model_validator(mode="after")
    def _shares(self) -> Self:
        if self.balance is not None and (min(self.balance) <= 0 or abs(sum(self.balance) - 1) > 1e-6):
            raise ValueError("balance must be positive shares that add up to 1")
        return self
