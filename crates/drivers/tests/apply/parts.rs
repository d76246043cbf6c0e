//! A part that is read is what the whole shows of it.

use sixward_apply::{Driver as _, Scope};
use sixward_estate::{Estate, Item, Table};
use sixward_testkit::Cloud;

use crate::course::Course;
use crate::each::every_noun;
use crate::inside;

#[test]
fn a_part_is_what_the_whole_shows_of_it() {
    if !inside("parts::a_part_is_what_the_whole_shows_of_it") {
        return;
    }
    let mut course = Course::begin(Cloud::start());
    every_noun(&course);
    let whole = course.live();
    for scope in scopes(&whole) {
        let part = course.driver().read(&scope).unwrap();
        let (want, got) = (scope.cut(&whole), scope.cut(&part));
        assert!(want != Estate::default(), "{scope:?} is about nothing");
        let differences = sixward_apply::drift(&want, &got);
        assert!(differences.is_empty(), "{scope:?}: {differences:#?}");
    }
    let nothing = course.driver().read(&absent()).unwrap();
    assert_eq!(absent().cut(&nothing), Estate::default());
}

/// One for each kind of thing, with all of its kind.
fn scopes(estate: &Estate) -> Vec<Scope> {
    fn ids<T: Item>(table: &Table<T>) -> impl Iterator<Item = T::Id> {
        table.iter().map(|item| item.id().clone())
    }
    let attached = |id: &sixward_estate::LinkId| {
        let link = estate.links.get(id);
        link.is_some_and(|link| link.attachment().is_some_and(|it| it.network.is_some()))
    };
    vec![
        Scope {
            networks: ids(&estate.networks).collect(),
            ..Scope::default()
        },
        Scope {
            gateways_of: ids(&estate.networks).collect(),
            ..Scope::default()
        },
        Scope {
            subnets: ids(&estate.subnets).collect(),
            ..Scope::default()
        },
        Scope {
            route_tables: ids(&estate.route_tables).collect(),
            ..Scope::default()
        },
        Scope {
            route_tables_of: ids(&estate.networks).collect(),
            ..Scope::default()
        },
        Scope {
            links: ids(&estate.links).filter(attached).collect(),
            ..Scope::default()
        },
        Scope {
            transit_tables: ids(&estate.transit_tables).collect(),
            ..Scope::default()
        },
        Scope {
            firewalls: ids(&estate.firewalls).collect(),
            ..Scope::default()
        },
        Scope {
            firewalls_of: ids(&estate.networks).collect(),
            ..Scope::default()
        },
        Scope {
            interfaces: (estate.interfaces.iter())
                .filter(|it| it.host().is_some())
                .map(|it| it.id.clone())
                .collect(),
            ..Scope::default()
        },
        Scope {
            hosts: ids(&estate.hosts).collect(),
            ..Scope::default()
        },
        Scope {
            interfaces_of: ids(&estate.hosts).collect(),
            ..Scope::default()
        },
        Scope {
            balancers: ids(&estate.balancers).filter(is_arn).collect(),
            ..Scope::default()
        },
        Scope {
            services: ids(&estate.services)
                .filter(|id| id.as_str().contains(":rds:"))
                .collect(),
            ..Scope::default()
        },
        Scope {
            endpoints: ids(&estate.endpoints).collect(),
            ..Scope::default()
        },
    ]
}

fn is_arn(id: &sixward_estate::BalancerId) -> bool {
    id.as_str().starts_with("arn:")
}

/// Ids that nothing has.
fn absent() -> Scope {
    use sixward_estate::*;
    let hex = "0123456789abcdef0";
    let arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/no/1";
    Scope {
        networks: [NetworkId::new(format!("vpc-{hex}"))].into(),
        gateways_of: [NetworkId::new(format!("vpc-{hex}"))].into(),
        subnets: [SubnetId::new(format!("subnet-{hex}"))].into(),
        route_tables: [RouteTableId::new(format!("rtb-{hex}"))].into(),
        route_tables_of: [NetworkId::new(format!("vpc-{hex}"))].into(),
        links: [LinkId::new(format!("tgw-attach-{hex}"))].into(),
        transit_tables: [TransitTableId::new(format!("tgw-rtb-{hex}"))].into(),
        firewalls: [
            FirewallId::new(format!("sg-{hex}")),
            FirewallId::new(format!("acl-{hex}")),
        ]
        .into(),
        firewalls_of: [NetworkId::new(format!("vpc-{hex}"))].into(),
        interfaces: [InterfaceId::new(format!("eni-{hex}"))].into(),
        hosts: [HostId::new(format!("i-{hex}"))].into(),
        interfaces_of: [HostId::new(format!("i-{hex}"))].into(),
        balancers: [BalancerId::new(arn)].into(),
        services: [
            ServiceId::new("arn:aws:rds:us-east-1:123456789012:db:no"),
            ServiceId::new("arn:aws:rds:us-east-1:123456789012:cluster:no"),
        ]
        .into(),
        endpoints: [EndpointId::new(format!("vpce-{hex}"))].into(),
    }
}
