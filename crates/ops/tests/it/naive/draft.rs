//! A naive plan in the making: changes in somebody's order, each done to the running estate.

use std::net::Ipv6Addr;

use sixward_estate::intent::Intent;
use sixward_estate::{
    Action, Destination, Direction, Estate, FirewallId, GatewayId, HostId, LinkId, Remote, Route,
    RouteOrigin, RouteState, RouteTableId, RouteTarget, Rule, SmolStr, Subject,
};
use sixward_net::IpNet;
use sixward_plan::{Change, Cost, Downtime, Plan, Risk, Stage, Step};

/// Steps so far, and the estate after them.
pub(crate) struct Draft {
    plan: Plan,
    state: Estate,
    wave: u32,
    stage: Stage,
}

impl Draft {
    /// Somebody who takes the blocks as we would, and does the rest in a way of her own.
    pub(crate) fn new(estate: Estate, intent: Intent) -> Self {
        let plan = sixward_plan::plan(estate.clone(), intent);
        Self {
            plan: Plan {
                steps: Vec::new(),
                ..plan
            },
            state: estate,
            wave: 0,
            stage: Stage::Blocks,
        }
    }

    pub(crate) fn finish(self) -> Plan {
        assert_eq!(self.plan.end(), self.state);
        self.plan
    }

    /// Begins a wave.
    pub(crate) fn wave(&mut self, stage: Stage) {
        self.stage = stage;
        self.wave += 1;
    }

    /// Does one more thing.
    pub(crate) fn step(&mut self, change: Change, reason: &str) {
        let side_effects = change.side_effects(&self.state);
        let undo = change.undo(&self.state);
        change.effect(&mut self.state).unwrap();
        let number = u32::try_from(self.plan.steps.len()).unwrap() + 1;
        self.plan.steps.push(Step {
            number,
            wave: self.wave,
            stage: self.stage,
            change,
            side_effects,
            undo,
            reason: reason.into(),
            risk: Risk::Low,
            downtime: Downtime::None,
            cost: Cost::None,
            loses: SmolStr::default(),
        });
    }

    /// A block for every network and for every subnet.
    pub(crate) fn blocks(&mut self) {
        self.wave(Stage::Blocks);
        for (network, row) in self.plan.addresses.networks.clone() {
            let block = row.block;
            let change = Change::AddNetworkBlock { network, block };
            self.step(change, "IPv6 begins with a block");
        }
        self.wave(Stage::Blocks);
        for (subnet, row) in self.plan.addresses.subnets.clone() {
            let net = row.net;
            let change = Change::AddSubnetBlock { subnet, net };
            self.step(change, "and every subnet gets its share");
        }
    }

    /// `::/0` to an internet gateway.
    pub(crate) fn default_route(&mut self, table: &str, gateway: &str, reason: &str) {
        let target = RouteTarget::Gateway(GatewayId::new(gateway));
        self.route(table, "::/0".parse().unwrap(), target, reason);
    }

    /// A network's IPv6 block over a peering.
    pub(crate) fn peering_route(&mut self, table: &str, network: &str, link: &str, reason: &str) {
        let mut networks = self.plan.addresses.networks.iter();
        let (_, row) = networks.find(|(id, _)| id.as_str() == network).unwrap();
        let (net, target) = (row.block.net, RouteTarget::Link(LinkId::new(link)));
        self.route(table, net.into(), target, reason);
    }

    fn route(&mut self, table: &str, net: IpNet, target: RouteTarget, reason: &str) {
        let route = Route {
            destination: Destination::Net(net),
            target,
            origin: RouteOrigin::Static,
            state: RouteState::Active,
        };
        let table = RouteTableId::new(table);
        self.step(Change::AddRoute { table, route }, reason);
    }

    /// A rule as the runbook writes it: `ingress 100 allow tcp/443 from ::/0`, `ingress tcp/443 from
    /// ::/0`.
    pub(crate) fn rule(&mut self, firewall: &str, rule: &str, reason: &str) {
        let firewall = FirewallId::new(firewall);
        let rule = parse(rule);
        self.step(Change::AddRule { firewall, rule }, reason);
    }

    /// The same for whoever comes from a subnet's new block.
    pub(crate) fn rule_for_subnet(&mut self, firewall: &str, rule: &str, subnet: &str, why: &str) {
        let mut subnets = self.plan.addresses.subnets.iter();
        let (_, row) = subnets.find(|(id, _)| id.as_str() == subnet).unwrap();
        let rule = format!("{rule} {}", row.net);
        self.rule(firewall, &rule, why);
    }

    /// The same for whoever comes from a network's new block.
    pub(crate) fn rule_for_network(
        &mut self,
        firewall: &str,
        rule: &str,
        network: &str,
        why: &str,
    ) {
        let mut networks = self.plan.addresses.networks.iter();
        let (_, row) = networks.find(|(id, _)| id.as_str() == network).unwrap();
        let rule = format!("{rule} {}", row.block.net);
        self.rule(firewall, &rule, why);
    }

    /// An address for every host, and every guest takes it up.
    pub(crate) fn addresses(&mut self) {
        self.wave(Stage::Addresses);
        let interfaces: Vec<_> = self.state.interfaces.iter().cloned().collect();
        let hosts = interfaces
            .iter()
            .filter(|interface| interface.host().is_some());
        for interface in hosts {
            let change = Change::AssignAddress {
                interface: interface.id.clone(),
                address: self.plan.addresses.address(interface).unwrap(),
                automatic: false,
            };
            self.step(change, "every instance gets an address");
        }
        self.wave(Stage::Guests);
        let hosts: Vec<_> = self
            .state
            .hosts
            .iter()
            .map(|host| host.id.clone())
            .collect();
        for host in hosts {
            self.step(Change::ConfigureGuest { host }, "and takes it up");
        }
    }

    /// The tunnel of the intent, serving everybody.
    pub(crate) fn tunnel(&mut self, reason: &str) {
        let mut tunnel = self.wanted().tunnel;
        tunnel.internet = true;
        self.step(Change::OpenTunnel { tunnel }, reason);
    }

    /// A host joins the tunnel behind these rules.
    pub(crate) fn join(&mut self, host: &str, rules: &[&str], reason: &str) {
        let tunnel = self.wanted().tunnel;
        let mut interfaces = self.state.interfaces.iter();
        let interface = interfaces.find(|it| it.host() == Some(&HostId::new(host)));
        let interface = interface.unwrap();
        let change = Change::JoinTunnel {
            interface: interface.id.clone(),
            address: sixward_assess::tunnel::address(&tunnel, interface).unwrap(),
            tunnel: tunnel.id,
            rules: rules.iter().map(|rule| parse(rule)).collect(),
        };
        self.step(change, reason);
    }

    fn wanted(&self) -> sixward_assess::tunnel::Wanted {
        let survey = sixward_assess::Survey::new(&self.plan.before, &self.plan.intent);
        sixward_assess::tunnel::wanted(&survey).remove(0)
    }

    /// The names of a host lead to its address.
    pub(crate) fn name(&mut self, host: &str) {
        self.wave(Stage::Names);
        let id = HostId::new(host);
        let address = self.address(&id);
        let name = self.state.hosts.get(&id).unwrap().name.clone();
        let change = Change::PublishNames {
            subject: Subject::new("host", host, name),
            addresses: vec![address],
        };
        self.step(change, "it answered when somebody tried");
    }

    fn address(&self, host: &HostId) -> Ipv6Addr {
        let mut interfaces = self.state.interfaces.iter();
        let interface = interfaces.find(|it| it.host() == Some(host)).unwrap();
        *interface.addresses6.first().unwrap()
    }
}

fn parse(rule: &str) -> Rule {
    let words: Vec<_> = rule.split(' ').collect();
    let (direction, order, action, traffic, remote) = match words.as_slice() {
        [direction, order, action, traffic, "from" | "to", remote] => (
            direction,
            Some(order.parse().unwrap()),
            *action,
            traffic,
            remote,
        ),
        [direction, traffic, "from" | "to", remote] => (direction, None, "allow", traffic, remote),
        _ => unreachable!("not a rule: {rule}"),
    };
    Rule {
        direction: match *direction {
            "ingress" => Direction::Ingress,
            _ => Direction::Egress,
        },
        order,
        action: match action {
            "deny" => Action::Deny,
            _ => Action::Allow,
        },
        traffic: traffic.parse().unwrap(),
        remote: Remote::Net(remote.parse().unwrap()),
        note: SmolStr::default(),
    }
}
