"""What a campaign's manager types, from nothing to a poster; and what is said where it cannot be."""

import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import segno
from typer.testing import CliRunner

from campaigns.cli.commands import app
from tests.campaigns.cast import PUBLIC_URL

NOWHERE = "postgresql://nobody@127.0.0.1:1/none"


class Manager:
    def __init__(self, dsn: str) -> None:
        self.environment = {"CAMPAIGNS_DATABASE_URL": dsn, "CAMPAIGNS_PUBLIC_URL": PUBLIC_URL, "COLUMNS": "200"}

    def types(self, line: str) -> str:
        """What is printed; it ends well."""
        done = self.tries(line)
        assert done.exit_code == 0, done.output
        return str(done.stdout)

    def tries(self, line: str) -> Any:
        return CliRunner().invoke(app, line.split(), env=self.environment)


@pytest.fixture
def manager(database_dsn: str) -> Manager:
    return Manager(database_dsn)


def test_from_nothing_to_a_poster(manager: Manager, tmp_path: Path) -> None:
    assert "applied campaigns.migrations/0001" in manager.types("migrate")
    assert "61 units; 62 changes" in manager.types("import-tree forsvarsministeriet --made-up")
    assert "61 units; 0 changes" in manager.types("import-tree forsvarsministeriet --made-up")
    begun = manager.types("campaign new forsvaret --module forsvarsministeriet --from 2026-01-01 --to 31-12-2099")
    assert "no number below 10 is told" in begun
    assert "60 units" in manager.types("campaign ask forsvaret --made-up")
    said = manager.types("codes add forsvaret eks-fl-01 poster --material kantine")
    code, link = re.findall(r"\S+", said)
    assert link == f"{PUBLIC_URL}/k/{code.replace('-', '')}"
    again = manager.types("codes add forsvaret EKS-FL-01 poster --material kantine")
    assert f"{code}  {link}  (was there already)" in again

    waits = manager.tries(f"poster {code} --out {tmp_path / 'x.pdf'}")
    assert "campaign approve forsvaret 1 --as fmn" in waits.stderr
    assert "still to approve it: sundhed" in manager.types("campaign approve forsvaret 1 --as fmn")
    assert "approved by all" in manager.types("campaign approve forsvaret 1 --as sundhed")
    for ending, begins in ((".pdf", b"%PDF"), (".svg", b"<?xml"), (".png", b"\x89PNG")):
        out = tmp_path / f"plakat{ending}"
        assert link in manager.types(f"poster {code} --out {out}")
        assert out.read_bytes().startswith(begins)

    for language, leads_to in (("da", link), ("en", f"{link}?lang=en")):
        for kind in ("svg", "png"):
            out = tmp_path / f"kode.{kind}"
            said = manager.types(f"poster {code} --out {out} --lang {language}")
            assert said.endswith(f" leads to {leads_to}\n")
            assert out.read_bytes() == qr_code_of(leads_to, kind)
    both = manager.tries(f"poster {code} --out {tmp_path / 'en.pdf'} --lang en")
    assert (both.exit_code, "a poster is in both languages" in both.stderr) == (1, True)
    assert not (tmp_path / "en.pdf").exists()

    shown = manager.types("campaign show forsvaret")
    assert "version 1: approved by all" in shown
    assert "EKS-FL-01 Eksempelflotille 1 (opdigtet): 75, 7 by 2027-12-31, 1" in shown
    assert f"{code}  EKS-FL-01    poster    kantine" in manager.types("codes list forsvaret")
    assert f"{code} is closed" in manager.types(f"codes close {code.lower()}")
    assert "closed 20" in manager.types("codes list forsvaret")
    assert "counts for nobody any more" in manager.tries(f"poster {code} --out {tmp_path / 'x.pdf'}").stderr


def qr_code_of(link: str, kind: str) -> bytes:
    """As segno itself makes it: an SVG to be scaled, a PNG large enough for print."""
    to_be_scaled: dict[str, Any] = {"svgclass": None, "lineclass": None, "light": "#ffffff"}
    options = to_be_scaled if kind == "svg" else {"scale": 24}
    out = BytesIO()
    segno.make_qr(link, error="m", boost_error=False).save(out, kind=kind, border=4, **options)
    return out.getvalue()


def test_before_migrating_every_command_says_so(manager: Manager) -> None:
    refused = manager.tries("campaign show x")
    assert (refused.exit_code, "was `python -m campaigns migrate` run" in refused.stderr) == (1, True)


def test_codes_of_a_unit_that_is_gone_are_told_when_a_tree_is_imported(manager: Manager, tmp_path: Path) -> None:
    manager.types("migrate")
    manager.types("import-tree eksempel-kommune")
    manager.types("campaign new byen --module eksempel-kommune --from 2026-01-01 --to 2099-12-31")
    code = manager.types("codes add byen TEKNIK email").split()[0]
    file = tmp_path / "list.csv"
    file.write_text("code;parent;kind;name_da;name_en\nKOMMUNE;;kommune;Ny;New\n")
    said = manager.types(f"import-tree eksempel-kommune {file} --from 2026-02-01")
    assert f"byen: {code} (email) goes on counting where TEKNIK was" in said


def test_a_list_without_days_is_imported_from_a_day(manager: Manager, tmp_path: Path) -> None:
    manager.types("migrate")
    manager.types("import-tree eksempel-kommune")
    file = tmp_path / "list.csv"
    file.write_text("code;parent;kind;name_da;name_en\nKOMMUNE;;kommune;Ny;New\nSKOLER;KOMMUNE;enhed;Skoler;Schools\n")
    said = manager.types(f"import-tree eksempel-kommune {file} --from 2027-01-01")
    assert "2027-01-01  TEKNIK closes" in said
    assert "2027-01-01  KOMMUNE is called Ny" in said


def test_new_words_are_a_new_version_that_waits(manager: Manager, tmp_path: Path) -> None:
    manager.types("migrate")
    manager.types("import-tree eksempel-kommune")
    manager.types("campaign new byen --module eksempel-kommune --from 2026-01-01 --to 2099-12-31")
    folder = Path(__file__).parents[2] / "campaigns/eksempel_kommune"
    danish, english = tmp_path / "da.toml", folder / "texts_en.toml"
    danish.write_text((folder / "texts_da.toml").read_text("utf-8").replace("Bliv hjerteløber", "Kom med"), "utf-8")
    assert "version 2" in manager.types(f"campaign text byen {danish} {english}")
    assert "version 2: waits for kommune" in manager.types("campaign show byen")
    danish.write_text(danish.read_text("utf-8").replace("Kom med", "Bliv frivillig"), "utf-8")
    assert "the word is »hjerteløber«" in manager.tries(f"campaign text byen {danish} {english}").stderr


def test_who_may_look_and_what_a_programme_reads_with(manager: Manager) -> None:
    manager.types("migrate")
    manager.types("import-tree forsvarsministeriet --made-up")
    manager.types("campaign new forsvaret --module forsvarsministeriet --from 2026-01-01 --to 2099-12-31")
    said = manager.types("managers allow forsvaret Anna@FMN.example --party fmn --unit eks-fl-01 --name Anna")
    assert "anna@fmn.example may look at EKS-FL-01 and those below as fmn" in said
    manager.types("managers allow forsvaret bo@sum.example --party sundhed --no-digest")
    listed = manager.types("managers list forsvaret")
    assert re.search(r"anna@fmn.example +fmn +EKS-FL-01 +weekly mail +Anna", listed)
    assert re.search(r"bo@sum.example +sundhed +total only +no mail", listed)
    assert (
        "sees the total only" in manager.tries("managers allow forsvaret x@y.example --party sundhed --unit HJV").stderr
    )
    manager.types("managers withdraw forsvaret anna@fmn.example --party fmn --unit EKS-FL-01")
    assert "anna" not in manager.types("managers list forsvaret")
    assert "managers list forsvaret" in manager.tries("managers withdraw forsvaret anna@fmn.example --party fmn").stderr
    assert "nothing is left" in manager.types("managers forget anna@fmn.example")

    secret = manager.types("tokens make forsvaret bi --party fmn --unit HJV").split()[0]
    assert re.fullmatch(r"hlk_[\w-]{43}", secret)
    listed = manager.types("tokens list forsvaret")
    assert re.search(r"bi +fmn +HJV +until \d{4}-\d\d-\d\d +never used", listed)
    assert secret not in listed
    assert "another name" in manager.tries("tokens make forsvaret bi --party fmn").stderr
    assert "bi opens nothing any more" in manager.types("tokens withdraw forsvaret bi")
    assert manager.types("tokens list forsvaret") == ""


def test_every_unit_that_asks_somebody_gets_a_code_in_one_go(manager: Manager) -> None:
    manager.types("migrate")
    manager.types("import-tree forsvarsministeriet --made-up")
    manager.types("campaign new forsvaret --module forsvarsministeriet --from 2026-01-01 --to 31-12-2099")
    nobody = manager.tries("codes add-all forsvaret poster")
    assert (nobody.exit_code, "campaign ask forsvaret FILE` first" in nobody.stderr) == (1, True)
    manager.types("campaign ask forsvaret --made-up")
    one = manager.types("codes add forsvaret HJV-MHV poster --material kantine").split()[0]

    lines = [
        line.split(";") for line in manager.types("codes add-all forsvaret poster --material kantine").splitlines()
    ]
    assert lines[0] == ["unit", "code", "link"]
    codes = {unit: code for unit, code, _ in lines[1:]}
    assert len(codes) == len(lines) - 1 == 58, "FMN and HJV ask nobody of their own"
    assert codes["HJV-MHV"] == one, "the one there is"
    assert all(link == f"{PUBLIC_URL}/k/{code.replace('-', '')}" for _, code, link in lines[1:])
    again = manager.types("codes add-all forsvaret poster --material kantine")
    assert [line.split(";") for line in again.splitlines()] == lines
    assert len(manager.types("codes list forsvaret").splitlines()) == 58


def test_a_made_up_campaign_says_so(manager: Manager) -> None:
    manager.types("migrate")
    manager.types("import-tree eksempel-kommune")
    manager.types("campaign new leg --module eksempel-kommune --from 2026-01-01 --to 2099-12-31 --made-up")
    manager.types("campaign new alvor --module eksempel-kommune --from 2026-01-01 --to 2099-12-31")
    assert "MADE UP" in manager.types("campaign show leg")
    assert "MADE UP" not in manager.types("campaign show alvor")


def test_a_module_of_one_s_own_is_laid_out_as_the_guide_says(tmp_path: Path) -> None:
    """Typed in a shell, where no setting and no database is."""
    line = ["-m", "campaigns", "new", "min-styrelse", "--into", str(tmp_path)]
    for refused in (False, True):
        typed = subprocess.run([sys.executable, *line], capture_output=True, text=True, check=False, timeout=120)
        assert typed.returncode == int(refused), typed.stderr
        assert "Traceback" not in typed.stderr
        folder = tmp_path / "min-styrelse"
        assert (folder / "pyproject.toml").is_file()
        if refused:
            assert str(folder) in typed.stderr, "what is there is not written over"
        else:
            assert typed.stdout == (
                f"{folder} is laid out. Fill in its files, then: pip install {folder}; python -m campaigns modules\n"
            )


def test_the_api_s_document_is_compared_and_written(manager: Manager, tmp_path: Path) -> None:
    stale = manager.tries(f"openapi --folder {tmp_path}")
    assert (stale.exit_code, "with --write it will be" in stale.stderr) == (1, True)
    assert "wrote" in manager.types(f"openapi --write --folder {tmp_path}")
    assert "is as this version serves it" in manager.types(f"openapi --folder {tmp_path}")


REFUSED = [
    ("campaign show nobody", "there is no campaign nobody; there are: none yet"),
    ("campaign new x --module nobody --from 2026-01-01 --to 2027-01-01", "installed are: eksempel-kommune"),
    (
        "campaign new x --module forsvarsministeriet --from 2026-01-01 --to 2027-01-01",
        "import-tree forsvarsministeriet",
    ),
    ("campaign ask nobody", "One of the two: a FILE, or --made-up"),
    ("codes close 2222-2222", "there is no code 2222-2222: `python -m campaigns codes list`"),
    ("codes close ABCD-EFGH", "is mistyped"),
    ("poster 22222222 --out x.pdf", "there is no code 2222-2222"),
    ("codes add nobody ~ poster", "is no unit's code"),
    ("import-tree eksempel-kommune no-such-file.csv", "no-such-file.csv cannot be read: No such file"),
    ("import-tree nobody", "installed are: eksempel-kommune"),
    ("import-tree eksempel-kommune --from 2026-01-01", "--from is for a list without days"),
    ("managers allow nobody anna@fmn.example --party fmn", "there is no campaign nobody"),
    ("managers allow nobody anna@fmn.example --party fmn --unit ~", "is no unit's code"),
    ("managers forget anna@fmn.example", "nobody here is called anna@fmn.example"),
    ("tokens withdraw nobody bi", "there is no campaign nobody"),
]


@pytest.mark.parametrize(("line", "said"), REFUSED, ids=[each[0] for each in REFUSED])
def test_a_refusal_is_a_sentence_that_says_what_to_do(campaigns_dsn: str, line: str, said: str) -> None:
    refused = Manager(campaigns_dsn).tries(line)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert said in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    "line",
    ["codes add x A pigeon", "campaign new x --module y --from soon --to 2027-01-01", "serve --port 0", "nothing"],
)
def test_a_wrong_choice_is_one_sentence_and_exit_code_2(line: str) -> None:
    refused = Manager(NOWHERE).tries(line)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "Traceback" not in refused.stderr


def test_a_database_that_is_away_and_settings_that_are_wrong_are_sentences() -> None:
    assert "The database cannot be reached" in Manager(NOWHERE).tries("campaign show x").stderr
    none = CliRunner().invoke(app, ["migrate"], env={"CAMPAIGNS_DATABASE_URL": None})
    assert "CAMPAIGNS_DATABASE_URL is missing" in none.stderr


@pytest.mark.parametrize(
    "line",
    [
        "",
        "campaign",
        "codes",
        "codes add",
        "import-tree",
        "managers",
        "poster",
        "serve",
        "new",
        "tokens",
        "tokens make",
    ],
)
def test_help_teaches(line: str) -> None:
    done = CliRunner().invoke(app, [*line.split(), "--help"], env={"COLUMNS": "200"})
    assert done.exit_code == 0
    assert len(done.stdout.splitlines()) > 5
