from llmagentos.bench.thermal import day_ahead, fit, read_record, rmse
from tests.shared import needs


def test_the_fitted_model_predicts_a_real_house_it_never_saw() -> None:
    hours = read_record(needs("devices/rc-house-hourly.csv"))
    seen, unseen = hours[: len(hours) // 2], hours[len(hours) // 2 :]
    room = fit(seen)
    assert rmse(room, seen) < 1.0
    assert rmse(room, unseen) < 1.5
    assert day_ahead(room, unseen) < 0.6
