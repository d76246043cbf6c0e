//! Folding many values by halves.

/// Folds `items` in their order with an associative `join`, halves first, so that every item takes
/// part in as many joins as the logarithm of their number.
pub fn reduce<T>(mut items: Vec<T>, mut join: impl FnMut(&T, &T) -> T) -> Option<T> {
    while items.len() > 1 {
        let mut halves = Vec::with_capacity(items.len().div_ceil(2));
        let mut rest = items.into_iter();
        while let Some(left) = rest.next() {
            halves.push(match rest.next() {
                Some(right) => join(&left, &right),
                None => left,
            });
        }
        items = halves;
    }
    items.pop()
}
