//! A trace as text.

use expect_test::expect;
use sixward_estate::{Action, Direction};
use sixward_prove::L4;

use crate::given::{
    APP4, DB4, DB6, OUT4, OUT6, WEB4_PUBLIC, add, clear, estate, hub, numbered, tcp, trace,
};

#[test]
fn in_from_the_internet_and_back() {
    let estate = estate();
    let trace = trace(&estate, "internet", OUT4, WEB4_PUBLIC, tcp(443));
    expect![[r#"
        v4  tcp 40000>443 198.51.100.7 -> 203.0.113.10
          ->  internet  sends
          ->  igw       translates to: tcp 40000>443 198.51.100.7 -> 10.0.0.10
          ->  acl-net   ingress 100 allow all from 0.0.0.0/0
          ->  sg-web    allow ingress all from 0.0.0.0/0
          ->  web       receives
          <-  web       sends
          <-  web       allow egress of an answer
          <-  acl-net   egress 100 allow all to 0.0.0.0/0
          <-  rt-pub    route 0.0.0.0/0 to igw
          <-  igw       translates to: tcp 443>40000 203.0.113.10 -> 198.51.100.7
          <-  internet  receives
        delivered to web"#]]
    .assert_eq(&trace.to_string());
}

#[test]
fn out_through_nat_and_back() {
    let estate = estate();
    let trace = trace(
        &estate,
        "db",
        DB4,
        OUT4,
        L4::Udp {
            source: 500,
            destination: 53,
        },
    );
    expect![[r#"
        v4  udp 500>53 10.0.1.10 -> 198.51.100.7
          ->  db        sends
          ->  sg-db     allow egress all to 0.0.0.0/0
          ->  acl-net   egress 100 allow all to 0.0.0.0/0
          ->  rt-priv   route 0.0.0.0/0 to nat
          ->  acl-net   ingress 100 allow all from 0.0.0.0/0
          ->  nat       translates to: udp 1024>53 10.0.0.99 -> 198.51.100.7
          ->  acl-net   egress 100 allow all to 0.0.0.0/0
          ->  rt-pub    route 0.0.0.0/0 to igw
          ->  igw       translates to: udp 1024>53 203.0.113.99 -> 198.51.100.7
          ->  internet  receives
          <-  internet  sends
          <-  igw       translates to: udp 53>1024 198.51.100.7 -> 10.0.0.99
          <-  acl-net   ingress 100 allow all from 0.0.0.0/0
          <-  nat       translates to: udp 53>500 198.51.100.7 -> 10.0.1.10
          <-  acl-net   egress 100 allow all to 0.0.0.0/0
          <-  rt-pub    route 10.0.0.0/16 to local
          <-  acl-net   ingress 100 allow all from 0.0.0.0/0
          <-  db        allow ingress of an answer
          <-  db        receives
        delivered to internet"#]]
    .assert_eq(&trace.to_string());
}

#[test]
fn from_ipv6_to_ipv4_and_back() {
    let mut estate = estate();
    let nat = crate::given::to_gateway("nat");
    crate::given::route(&mut estate, "priv", "64:ff9b::/96", nat);
    let echo = L4::Icmp6 { kind: 128, code: 0 };
    let trace = trace(&estate, "db", DB6, "64:ff9b::808:808", echo);
    expect![[r#"
        v6  icmpv6 128/0 2600:1f18:0:101::a -> 64:ff9b::808:808
          ->  db        sends
          ->  sg-db     allow egress all to ::/0
          ->  acl-net   egress 101 allow all to ::/0
          ->  rt-priv   route 64:ff9b::/96 to nat
          ->  acl-net   ingress 101 allow all from ::/0
          ->  nat       translates to: icmp 8/0 10.0.0.99 -> 8.8.8.8
          ->  acl-net   egress 100 allow all to 0.0.0.0/0
          ->  rt-pub    route 0.0.0.0/0 to igw
          ->  igw       translates to: icmp 8/0 203.0.113.99 -> 8.8.8.8
          ->  internet  receives
          <-  internet  sends
          <-  igw       translates to: icmp 0/0 8.8.8.8 -> 10.0.0.99
          <-  acl-net   ingress 100 allow all from 0.0.0.0/0
          <-  nat       translates to: icmpv6 129/0 64:ff9b::808:808 -> 2600:1f18:0:101::a
          <-  acl-net   egress 101 allow all to ::/0
          <-  rt-pub    route 2600:1f18:0:100::/56 to local
          <-  acl-net   ingress 101 allow all from ::/0
          <-  db        allow ingress of an answer
          <-  db        receives
        delivered to internet"#]]
    .assert_eq(&trace.to_string());
}

#[test]
fn over_a_hub() {
    let mut estate = estate();
    hub(&mut estate);
    let trace = trace(&estate, "db", DB4, APP4, tcp(5432));
    expect![[r#"
        v4  tcp 40000>5432 10.0.1.10 -> 10.9.0.10
          ->  db          sends
          ->  sg-db       allow egress all to 0.0.0.0/0
          ->  acl-net     egress 100 allow all to 0.0.0.0/0
          ->  rt-priv     route 10.9.0.0/16 to tgw
          ->  acl-net     ingress 100 allow all from 0.0.0.0/0
          ->  att-net     passes
          ->  tgw-rt      route 10.9.0.0/16 to att-far
          ->  att-far     passes
          ->  faraway     directly, within the subnet
          ->  sg-app      allow ingress all from 0.0.0.0/0
          ->  app         receives
          <-  app         sends
          <-  app         allow egress of an answer
          <-  acl-far     egress 100 allow all to 0.0.0.0/0
          <-  rt-faraway  route 10.0.0.0/16 to tgw
          <-  acl-far     ingress 100 allow all from 0.0.0.0/0
          <-  att-far     passes
          <-  tgw-rt      route 10.0.0.0/16 to att-net
          <-  att-net     passes
          <-  priv        directly, within the subnet
          <-  db          allow ingress of an answer
          <-  db          receives
        delivered to app"#]]
    .assert_eq(&trace.to_string());
}

#[test]
fn a_list_that_forgets_the_way_back() {
    let mut estate = estate();
    clear(&mut estate, "acl-net", Direction::Ingress);
    add(
        &mut estate,
        "acl-net",
        numbered(Direction::Ingress, 100, Action::Allow, "tcp/443", "::/0"),
    );
    let trace = trace(&estate, "db", DB6, OUT6, tcp(443));
    expect![[r#"
        v6  tcp 40000>443 2600:1f18:0:101::a -> 2001:4860::7
          ->  db        sends
          ->  sg-db     allow egress all to ::/0
          ->  acl-net   egress 101 allow all to ::/0
          ->  rt-priv   route ::/0 to eigw
          ->  eigw      passes
          ->  internet  receives
          <-  internet  sends
          <-  eigw      passes
          <-  acl-net   drops: no ingress rule matches
        dropped: no ingress rule matches"#]]
    .assert_eq(&trace.to_string());
}
