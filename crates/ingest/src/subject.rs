//! The noun of each thing, as findings and gaps name it.

use std::fmt::Display;

use sixward_estate::{
    Balancer, Endpoint, Firewall, Gateway, Host, Interface, Item, Link, MachineType, Network,
    PrefixList, PublicAddress, RouteTable, Service, SmolStr, Subject, Subnet, TargetGroup, Transit,
    TransitTable,
};

/// Something that a finding can be about.
pub(crate) trait Noun: Item<Id: Display> {
    /// The noun.
    const NOUN: &'static str;

    /// Its name; empty when it has none.
    fn name(&self) -> &str;

    /// The name a person gave, to be changed; none where names are ids or there is none.
    fn name_mut(&mut self) -> Option<&mut SmolStr>;

    /// It as a subject.
    fn subject(&self) -> Subject {
        Subject::new(Self::NOUN, self.id().to_string(), self.name())
    }
}

macro_rules! nouns {
    (@name $self:ident) => { "" };
    (@mut $self:ident) => { None };
    (@mut $self:ident $name:ident) => { Some(&mut $self.$name) };
    (@name $self:ident $name:ident) => { &$self.$name };
    ($($noun:ty = $word:literal $($name:ident)?;)*) => {$(
        impl Noun for $noun {
            const NOUN: &'static str = $word;
            fn name(&self) -> &str {
                nouns!(@name self $($name)?)
            }
            fn name_mut(&mut self) -> Option<&mut SmolStr> {
                nouns!(@mut self $($name)?)
            }
        }
    )*};
}

nouns! {
    Network = "network" name;
    Subnet = "subnet" name;
    RouteTable = "route-table" name;
    Gateway = "gateway" name;
    PublicAddress = "address";
    Link = "link" name;
    Transit = "transit" name;
    TransitTable = "transit-table";
    Endpoint = "endpoint" name;
    Firewall = "firewall" name;
    PrefixList = "prefix-list" name;
    Interface = "interface";
    Host = "host" name;
    MachineType = "machine-type";
    Balancer = "balancer" name;
    TargetGroup = "target-group" name;
    Service = "service" name;
}

/// Makes what a reader found an item: by the noun it holds, or by an id of its own.
macro_rules! found {
    ($($found:ty { $field:ident: $noun:ty })*) => {$(
        impl sixward_estate::Item for $found {
            type Id = <$noun as sixward_estate::Item>::Id;
            fn id(&self) -> &Self::Id {
                &self.$field.id
            }
        }
        impl $crate::subject::Noun for $found {
            const NOUN: &'static str = <$noun as $crate::subject::Noun>::NOUN;
            fn name(&self) -> &str {
                $crate::subject::Noun::name(&self.$field)
            }
            fn name_mut(&mut self) -> Option<&mut sixward_estate::SmolStr> {
                $crate::subject::Noun::name_mut(&mut self.$field)
            }
        }
    )*};
    ($($found:ty { $field:ident } as $word:literal)*) => {$(
        impl sixward_estate::Item for $found {
            type Id = sixward_estate::SmolStr;
            fn id(&self) -> &Self::Id {
                &self.$field
            }
        }
        impl $crate::subject::Noun for $found {
            const NOUN: &'static str = $word;
            fn name(&self) -> &str {
                ""
            }
            fn name_mut(&mut self) -> Option<&mut sixward_estate::SmolStr> {
                None
            }
        }
    )*};
}
pub(crate) use found;
