//! Requests of the Query protocols, and the names under which their answers are kept.
//!
//! Source: botocore/serialize.py, `QuerySerializer` and `EC2Serializer`: a form with
//! `Action`, `Version` and parameters whose names spell out lists (`Filter.1.Value.2`).

use std::fmt::Write as _;

use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};

use super::shapes::Entry;

/// All but what RFC 3986 leaves unreserved.
const FORM: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
/// What would make an id a path, or two ids one file.
const FILE: &AsciiSet = &CONTROLS.add(b'/').add(b':').add(b'\\').add(b'%');

pub(crate) type Parameters = Vec<(String, String)>;

/// One call to make: an operation with its parameters, as they go on the wire.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Call {
    pub(crate) service: &'static str,
    pub(crate) operation: &'static str,
    pub(crate) parameters: Parameters,
    /// What to add to the parameters, one request for each: a list too long for one.
    pub(crate) batches: Vec<Parameters>,
    /// The object that is asked about, for calls made once per object.
    pub(crate) subject: Option<String>,
}

impl Call {
    pub(crate) fn new(service: &'static str, operation: &'static str) -> Self {
        Self {
            service,
            operation,
            parameters: Vec::new(),
            batches: vec![Vec::new()],
            subject: None,
        }
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.parameters.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn with_list(mut self, name: &str, values: &[&str]) -> Self {
        self.parameters.extend(listed(name, values));
        self
    }

    /// One request per `size` of the values.
    pub(crate) fn in_batches(mut self, name: &str, values: &[&str], size: usize) -> Self {
        self.batches = values
            .chunks(size)
            .map(|values| listed(name, values))
            .collect();
        self
    }

    pub(crate) fn about(mut self, parameter: &str, id: &str) -> Self {
        self.subject = Some(id.to_owned());
        self.with(parameter, id)
    }

    /// Whether it asks by this filter.
    pub(crate) fn asks(&self, filter: &str) -> bool {
        let mut parameters = self.parameters.iter();
        parameters.any(|(name, value)| name == "Filter.1.Name" && value == filter)
    }

    /// The body of the request for `batch`, and for the page of it that `next` asks for.
    pub(crate) fn body(
        &self,
        entry: Entry<'_>,
        batch: &Parameters,
        next: Option<(&str, &str)>,
    ) -> String {
        let mut body = format!("Action={}&Version={}", entry.name, entry.service.version);
        let parameters = self
            .parameters
            .iter()
            .chain(batch)
            .map(|(name, value)| (&**name, &**value));
        for (name, value) in parameters.chain(next) {
            let value = utf8_percent_encode(value, FORM);
            // Writing to a String cannot fail.
            let _ = write!(body, "&{}={value}", utf8_percent_encode(name, FORM));
        }
        body
    }

    /// `us-east-1/ec2-describe-vpcs.json`, with `--<id>` for calls made once per object.
    pub(crate) fn path(&self, entry: Entry<'_>, region: &str) -> String {
        let subject = self
            .subject
            .iter()
            .map(|id| format!("--{}", utf8_percent_encode(id, FILE)));
        let subject: String = subject.collect();
        format!(
            "{region}/{}-{}{subject}.json",
            entry.service_name, entry.operation.command
        )
    }

    /// `ec2:DescribeVpcs`, as a person would look it up in a policy.
    pub(crate) fn title(&self, entry: Entry<'_>) -> String {
        match &self.subject {
            Some(id) => format!("{} {id}", entry.action()),
            None => entry.action(),
        }
    }
}

/// `InstanceType.1=...&InstanceType.2=...`
fn listed(name: &str, values: &[&str]) -> Parameters {
    let numbered = values.iter().enumerate();
    numbered
        .map(|(index, value)| (format!("{name}.{}", index + 1), (*value).to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::shapes::Table;
    use super::*;

    #[test]
    fn lists_are_spelled_out() {
        let table = Table::embedded().unwrap();
        let call = Call::new("ec2", "SearchTransitGatewayRoutes")
            .about("TransitGatewayRouteTableId", "tgw-rtb-0123")
            .with("Filter.1.Name", "type")
            .with_list("Filter.1.Value", &["static", "propagated"]);
        let entry = table.entry(call.service, call.operation).unwrap();
        assert_eq!(
            call.body(entry, &call.batches[0], Some(("NextToken", "a+b/c="))),
            "Action=SearchTransitGatewayRoutes&Version=2016-11-15&TransitGatewayRouteTableId=tgw-rtb-0123\
             &Filter.1.Name=type&Filter.1.Value.1=static&Filter.1.Value.2=propagated&NextToken=a%2Bb%2Fc%3D"
        );
        assert_eq!(
            call.path(entry, "us-east-1"),
            "us-east-1/ec2-search-transit-gateway-routes--tgw-rtb-0123.json"
        );
        assert_eq!(
            call.title(entry),
            "ec2:SearchTransitGatewayRoutes tgw-rtb-0123"
        );
    }

    #[test]
    fn a_long_list_is_split() {
        let call = Call::new("ec2", "DescribeInstanceTypes").in_batches(
            "InstanceType",
            &["a", "b", "c"],
            2,
        );
        assert_eq!(call.batches.len(), 2);
        assert_eq!(
            call.batches[1],
            [("InstanceType.1".to_owned(), "c".to_owned())]
        );
    }

    #[test]
    fn an_arn_is_one_file_name() {
        let table = Table::embedded().unwrap();
        let call = Call::new("elbv2", "DescribeListeners")
            .about("LoadBalancerArn", "arn:aws:x:lb/app/a%2Fb/1");
        let entry = table.entry(call.service, call.operation).unwrap();
        assert_eq!(
            call.path(entry, "eu-west-1"),
            "eu-west-1/elbv2-describe-listeners--arn%3Aaws%3Ax%3Alb%2Fapp%2Fa%252Fb%2F1.json"
        );
        assert_eq!(
            call.title(entry),
            "elasticloadbalancing:DescribeListeners arn:aws:x:lb/app/a%2Fb/1"
        );
    }
}
