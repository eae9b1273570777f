"""The figure that the bench reports is measured on books that add up."""

from pathlib import Path

from center.orders.throughput import measure


def test_the_throughput_is_measured_on_real_sales(tmp_path: Path) -> None:
    found = measure(tmp_path, vends=30, threads=4)
    assert (found.vends, found.threads) == (30, 4)
    assert min(found.desk_per_s, found.bare_per_s, found.bare_batched_per_s) > 0
