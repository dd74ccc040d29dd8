#!/usr/bin/env python3
"""Works out the burn-rate tiers of many SLOs with exact fractions, and writes them to standard output as CSV.

usage: python3 tests/slo_truth.py > tests/slo_truth.csv

Shares no code with the registry: tests/tests/slo_truth.rs holds what is generated against this table.
"""
from decimal import Decimal
from fractions import Fraction

OBJECTIVES = ["95", "99", "99.5", "99.9", "99.95", "99.99"]
PERIODS = [7, 14, 28, 30, 90]  # days
TIERS = [(2, 1), (5, 6), (10, 24), (10, 72)]  # per cent of the budget, in so many hours


def shown(number):
    """A decimal where there is a finite one, else a fraction."""
    rest = number.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return f"{number.numerator}/{number.denominator}"
    text = format(Decimal(number.numerator) / Decimal(number.denominator), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def main():
    print("objective,period_days,share,long_hours,short_minutes,factor,threshold,works")
    for objective in OBJECTIVES:
        budget = 1 - Fraction(objective) / 100
        for days in PERIODS:
            for share, hours in TIERS:
                factor = Fraction(share, 100) * (days * 24) / hours
                threshold = factor * budget
                works = factor >= 1 and threshold < 1
                row = [objective, days, share, hours, hours * 60 // 12, shown(factor), shown(threshold), "yes" if works else "no"]
                print(",".join(str(cell) for cell in row))


main()
