//! Timestamps as aws CLI version 2 prints them: ISO 8601 with the offset spelled out.
//!
//! Source: awscli/customizations/scalarparse.py, `iso_format`: Python's `isoformat()` of
//! what `dateutil` reads. Version 1 prints the wire text unless `cli_timestamp_format`
//! says `iso8601`.

/// `2026-01-01T00:00:00.120Z` as `2026-01-01T00:00:00.120000+00:00`.
///
/// What is not an ISO 8601 date and time is left as it came.
pub(crate) fn iso(wire: &str) -> String {
    printed(wire).unwrap_or_else(|| wire.to_owned())
}

fn printed(wire: &str) -> Option<String> {
    let seconds = wire.get(..19).filter(|text| is_date_and_time(text))?;
    let rest = &wire[19..];
    let (fraction, zone) = match rest.strip_prefix('.') {
        Some(rest) => rest.split_at(rest.bytes().take_while(u8::is_ascii_digit).count()),
        None => ("", rest),
    };
    Some(format!("{seconds}{}{}", micros(fraction), offset(zone)?))
}

/// Python prints microseconds, all six digits of them, or none at all.
fn micros(fraction: &str) -> String {
    let six: String = fraction.chars().chain("000000".chars()).take(6).collect();
    if six == "000000" {
        String::new()
    } else {
        format!(".{six}")
    }
}

fn offset(zone: &str) -> Option<String> {
    match zone.as_bytes() {
        // Without a zone Python has none to print either.
        [] => Some(String::new()),
        b"Z" => Some("+00:00".to_owned()),
        [b'+' | b'-', rest @ ..] => {
            let digits: String = rest
                .iter()
                .filter(|b| b.is_ascii_digit())
                .map(|b| char::from(*b))
                .collect();
            let colon = usize::from(rest.get(2) == Some(&b':'));
            let whole = digits.len() == 4 && rest.len() == 4 + colon;
            whole.then(|| format!("{}{}:{}", &zone[..1], &digits[..2], &digits[2..]))
        }
        _ => None,
    }
}

fn is_date_and_time(text: &str) -> bool {
    text.bytes()
        .zip(*b"0000-00-00T00:00:00")
        .all(|(byte, form)| match form {
            b'0' => byte.is_ascii_digit(),
            _ => byte == form,
        })
}

#[cfg(test)]
mod tests {
    use super::iso;

    /// The right-hand sides are what `awscli.customizations.scalarparse.iso_format` gave.
    #[test]
    fn prints_what_python_prints() {
        for (wire, want) in [
            ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00+00:00"),
            ("2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00+00:00"),
            (
                "2026-01-01T00:00:00.12Z",
                "2026-01-01T00:00:00.120000+00:00",
            ),
            (
                "2026-01-01T00:00:00.1234567Z",
                "2026-01-01T00:00:00.123456+00:00",
            ),
            ("2026-01-01T00:00:00+0130", "2026-01-01T00:00:00+01:30"),
            ("2026-01-01T00:00:00-05:00", "2026-01-01T00:00:00-05:00"),
            ("2026-01-01T00:00:00", "2026-01-01T00:00:00"),
        ] {
            assert_eq!(iso(wire), want, "{wire}");
        }
    }

    #[test]
    fn leaves_the_rest_alone() {
        for wire in [
            "",
            "never",
            "2026-01-01",
            "2026-01-01T00:00:00 UTC",
            "2026-01-01T00:00:00+1",
            "ééééééééééé",
        ] {
            assert_eq!(iso(wire), wire);
        }
    }
}
