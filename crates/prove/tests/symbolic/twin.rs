//! An estate translated to IPv6 by hand gives the image of its IPv4 tables.

use std::net::IpAddr;

use proptest::prelude::*;
use sixward_estate::{Destination, Estate, InterfaceId, RouteTarget};
use sixward_net::Family;
use sixward_prove::End;
use sixward_prove::symbolic::Analysis;

use crate::estates::addresses;
use crate::palette::remotes;
use crate::spec::{Kind, specs};

/// Whether some packet may go by the internet, which knows no private address.
fn by_internet(estate: &Estate, ends: [&InterfaceId; 2]) -> bool {
    let interfaces = ends.map(|id| estate.interfaces.get(id).unwrap());
    let same = interfaces[0].network == interfaces[1].network;
    interfaces.iter().any(|interface| {
        let table = estate.route_table_of(&interface.subnet).unwrap();
        table.routes.iter().any(|route| {
            let longer = match route.destination {
                Destination::Net(net) => net.prefix_len() > 16,
                Destination::PrefixList(_) => true,
            };
            matches!(route.target, RouteTarget::Gateway(_)) && (!same || longer)
        })
    })
}

fn image(estate4: &Estate, estate6: &Estate) -> Result<(), TestCaseError> {
    let (analysis4, analysis6) = (Analysis::new(estate4), Analysis::new(estate6));
    let ends = addresses(estate4, Family::V4).into_iter();
    let ends: Vec<_> = ends.zip(addresses(estate6, Family::V6)).collect();
    let outside: Vec<(IpAddr, IpAddr)> = remotes(Family::V4)
        .into_iter()
        .zip(remotes(Family::V6))
        .collect();
    for ((s, a4), (_, a6)) in &ends {
        let own = End::Interface(s.clone());
        for ((d, b4), (_, b6)) in ends.iter().filter(|((d, _), _)| d != s) {
            let other = End::Interface(d.clone());
            let four = analysis4.allowed_at((&own, *a4), (&other, *b4));
            let six = analysis6.allowed_at((&own, *a6), (&other, *b6));
            if !by_internet(estate4, [s, d]) {
                prop_assert_eq!(four, six, "{} to {}", a4, b4);
            }
        }
        if !estate4.interfaces.get(s).unwrap().has_public4() {
            continue;
        }
        for (r4, r6) in &outside {
            let four = analysis4.allowed_at((&End::Internet, *r4), (&own, *a4));
            let six = analysis6.allowed_at((&End::Internet, *r6), (&own, *a6));
            prop_assert_eq!(four, six, "{} to {}", r4, a4);
            let four = analysis4.allowed_at((&own, *a4), (&End::Internet, *r4));
            let six = analysis6.allowed_at((&own, *a6), (&End::Internet, *r6));
            prop_assert_eq!(four, six, "{} to {}", a4, r4);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 100 } else { 2000 }))]

    #[test]
    fn the_twin_has_the_image(spec in specs(Kind::Plain)) {
        image(&spec.estate(|_| Family::V4), &spec.estate(|_| Family::V6))?;
    }
}
