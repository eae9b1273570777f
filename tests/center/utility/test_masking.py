"""Personal data on a terminal: recognised by its owner, of little use to others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from center.utility.masking import mask_address, mask_name


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三", "张*"),
        ("张小明", "张**"),
        ("欧阳珺琪", "欧***"),
        ("王", "*"),
        ("杭州春江物业有限公司", "杭州**公司"),
        ("John Smith", "J*** S****"),
        ("", ""),
    ],
)
def test_names(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("春江花园 3 栋 502 室", "春江花园 3 栋 5**"),
        ("春江花园3栋2单元1203室", "春江花园3栋2单元1***"),
        ("春江花园 3 栋 5 室", "春江花园 3 栋 *"),
        ("柳树村东头", "柳树**"),
        ("", ""),
    ],
)
def test_addresses(address: str, masked: str) -> None:
    assert mask_address(address) == masked


@given(st.text(alphabet="春江3579 室栋", min_size=1), st.integers(10, 99_999))
def test_the_last_number_is_never_whole(before: str, room: int) -> None:
    assert mask_address(f"{before}x{room}室").endswith(
        f"x{str(room)[0]}{'*' * (len(str(room)) - 1)}"
    )


@given(st.text(alphabet="王李张欧阳司马", min_size=2, max_size=4))
def test_a_name_keeps_its_first_character(name: str) -> None:
    assert mask_name(name) == name[0] + "*" * (len(name) - 1)
