"""The page looks for words as the studio does: one spelling of each."""

from playwright.sync_api import Page

from providers.history.sought import WORD, folded
from tests.browser.views import show
from tests.servers import StudioServer
from tests.test_sought import SPELLINGS

WORDS = """async texts => {
  const { folded, wordsOf } = await import("./assets/js/words.js");
  return texts.map(text => [folded(text), wordsOf(text)]);
}"""


def test_the_browser_folds_words_as_python_does(page: Page, studio_server: StudioServer) -> None:
    show(page, studio_server)
    texts = [text for prompt, asked in SPELLINGS for text in (prompt, *asked)]
    told = page.evaluate(WORDS, texts)
    assert told == [[folded(text), WORD.findall(folded(text))] for text in texts]
