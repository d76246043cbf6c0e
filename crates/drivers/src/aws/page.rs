//! Pages of one call merged into one JSON, as the CLI merges them.
//!
//! Source: botocore/paginate.py, `PageIterator.build_full_result`: of a paged answer only
//! the list is kept. Two things are stricter here, because a list that is cut short must
//! never look whole: a token that comes twice, and "there is more" without a token, are
//! errors.

use super::json::Json;
use super::shapes::Pages;

/// Why there is no whole list.
#[derive(Debug, thiserror::Error, PartialEq)]
pub(crate) enum PageError {
    #[error("the answer was cut short, and the service gives no way to ask for the rest")]
    CutShort,
    #[error("the service sent the same page token twice")]
    SameToken,
}

/// The pages so far.
#[derive(Debug)]
pub(crate) struct Merge<'t> {
    pages: Option<&'t Pages>,
    whole: Json,
    token: Option<String>,
}

impl<'t> Merge<'t> {
    pub(crate) fn new(pages: Option<&'t Pages>) -> Self {
        Self {
            pages,
            whole: Json::Object(Vec::new()),
            token: None,
        }
    }

    /// The parameter that asks for the next page; `None` when the list is whole.
    pub(crate) fn next(&self) -> Option<(&'t str, &str)> {
        Some((&self.pages?.input, self.token.as_deref()?))
    }

    pub(crate) fn add(&mut self, mut page: Json) -> Result<(), PageError> {
        let Some(pages) = self.pages else {
            self.whole = page;
            return Ok(());
        };
        let token = token(pages, &page)?;
        if token.is_some() && token == self.token {
            return Err(PageError::SameToken);
        }
        self.token = token;
        if let Some(items) = page.take(&pages.list) {
            append(&mut self.whole, &pages.list, items);
        }
        Ok(())
    }

    pub(crate) fn whole(self) -> Json {
        self.whole
    }
}

fn token(pages: &Pages, page: &Json) -> Result<Option<String>, PageError> {
    let token = page
        .text(&pages.out)
        .filter(|token| !token.is_empty())
        .map(str::to_owned);
    match pages
        .more
        .as_ref()
        .map(|more| page.get(more) == Some(&Json::Bool(true)))
    {
        Some(true) if token.is_none() => Err(PageError::CutShort),
        Some(false) => Ok(None),
        _ => Ok(token),
    }
}

fn append(whole: &mut Json, list: &str, items: Json) {
    let Json::Object(members) = whole else { return };
    match (members.iter_mut().find(|(name, _)| name == list), items) {
        (Some((_, Json::List(all))), Json::List(more)) => all.extend(more),
        (_, items) => members.push((list.to_owned(), items)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages(more: Option<&str>) -> Pages {
        Pages {
            input: "Marker".into(),
            out: "Next".into(),
            list: "L".into(),
            more: more.map(str::to_owned),
        }
    }

    fn page(items: &[i64], token: Option<&str>) -> Json {
        let mut members = vec![(
            "L".to_owned(),
            Json::List(items.iter().copied().map(Json::Integer).collect()),
        )];
        members.extend(token.map(|token| ("Next".to_owned(), Json::Text(token.to_owned()))));
        Json::Object(members)
    }

    #[test]
    fn keeps_the_list_and_drops_the_token() {
        let pages = pages(None);
        let mut merge = Merge::new(Some(&pages));
        merge.add(page(&[1], Some("a"))).unwrap();
        assert_eq!(merge.next(), Some(("Marker", "a")));
        merge.add(page(&[], Some("b"))).unwrap();
        merge.add(page(&[2], Some(""))).unwrap();
        assert_eq!(merge.next(), None);
        assert_eq!(merge.whole(), page(&[1, 2], None));
    }

    #[test]
    fn an_absent_list_stays_absent_and_an_unpaged_answer_whole() {
        let pages = pages(None);
        let mut merge = Merge::new(Some(&pages));
        merge.add(Json::Object(vec![])).unwrap();
        assert_eq!(merge.whole(), Json::Object(vec![]));
        let mut merge = Merge::new(None);
        merge.add(page(&[1], Some("kept"))).unwrap();
        assert_eq!(merge.next(), None);
        assert_eq!(merge.whole(), page(&[1], Some("kept")));
    }

    #[test]
    fn refuses_a_list_that_cannot_be_whole() {
        let plain = pages(None);
        let mut merge = Merge::new(Some(&plain));
        merge.add(page(&[1], Some("a"))).unwrap();
        assert_eq!(merge.add(page(&[2], Some("a"))), Err(PageError::SameToken));

        let flagged = pages(Some("More"));
        let with = |more, token| {
            let Json::Object(mut members) = page(&[1], token) else {
                unreachable!()
            };
            members.push(("More".to_owned(), Json::Bool(more)));
            Merge::new(Some(&flagged)).add(Json::Object(members))
        };
        assert_eq!(with(true, None), Err(PageError::CutShort));
        assert_eq!(with(true, Some("a")), Ok(()));
        assert_eq!(with(false, Some("a")), Ok(()));
    }
}
