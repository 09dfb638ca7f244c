from keras_tl.evaluation.reporting.history import phases_of, stage_rates_of
from keras_tl.training.run_directory import RunDirectory


def test_phases_and_rates_of_every_epoch_are_read(run):
    directory = RunDirectory(run.path)
    phases = phases_of(directory)
    assert [phase["name"] for phase in phases] == ["linear probe", "fine-tuning"]
    rates = stage_rates_of(directory)
    assert len(rates) == sum(len(phase["history"]) for phase in phases)
    assert list(rates[0])[-1] == "head"
    assert rates[0]["stage1"] == 0.0 < rates[0]["head"]


def test_rates_that_were_not_written_are_none(tmp_path):
    assert stage_rates_of(RunDirectory(tmp_path)) == []
    (tmp_path / "history.csv").write_text("epoch,loss,rate head\n0,1.0,\n")
    assert stage_rates_of(RunDirectory(tmp_path)) == [{"head": 0.0}]
