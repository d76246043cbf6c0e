//! Who can talk to whom, by groups.

use serde::Serialize;
use sixward_assess::Tier;
use sixward_estate::Subject;
use sixward_prove::symbolic::matrix::Cell;

use crate::matrix::Group;

/// The table.
#[derive(Debug, Clone, Serialize)]
pub struct Matrix {
    /// The plan's file; none when it was made for this table.
    pub plan: Option<String>,
    /// How many steps the plan has.
    pub steps: usize,
    /// After which step IPv6 is looked at; IPv4 is looked at before the first.
    pub after: u32,
    /// Rows and columns.
    pub groups: Vec<GroupRow>,
    /// Pairs of groups between which anything passes, or may.
    pub cells: Vec<CellRow>,
}

/// A row and a column.
#[derive(Debug, Clone, Serialize)]
pub struct GroupRow {
    /// Its number; the internet's is 0.
    pub number: usize,
    /// Its network's name or id; of the internet none.
    pub network: String,
    /// What its subnets are for; none when it is of several tiers.
    pub tier: Option<Tier>,
    /// What it is called.
    pub name: String,
    /// How many interfaces it has.
    pub interfaces: usize,
    /// How many groups, or ends out of the estate, were taken together.
    pub groups: usize,
}

/// What one group can begin with another.
#[derive(Debug, Clone, Serialize)]
pub struct CellRow {
    /// The row's number.
    pub from: usize,
    /// The column's number.
    pub to: usize,
    /// Over IPv4 before the plan.
    pub v4: CellTraffic,
    /// Over IPv6 after the step.
    pub v6: CellTraffic,
    /// IPv6 is to every pair what IPv4 is.
    pub same: bool,
    /// IPv6 lets some pair begin what IPv4 does not.
    pub beyond: bool,
}

/// What passes in one family.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CellTraffic {
    /// What some pair may for sure, in words.
    pub some: String,
    /// What every pair may for sure.
    pub all: String,
    /// What some pair may as far as anybody knows.
    pub possible: String,
    /// Some pairs may what others may not.
    pub partial: bool,
    /// What the difference waits for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub undetermined: Vec<Subject>,
}

type Table = Vec<Vec<Option<Cell>>>;

impl Matrix {
    pub(crate) fn new(after: u32, groups: &[Group], [old, new]: [Table; 2]) -> Self {
        let mut cells = Vec::new();
        for (from, (old, new)) in old.into_iter().zip(new).enumerate() {
            for (to, pair) in old.into_iter().zip(new).enumerate() {
                let (Some(v4), Some(v6)) = pair else { continue };
                if v4.is_empty() && v6.is_empty() {
                    continue;
                }
                let outward = groups.get(to).is_some_and(Group::is_internet);
                cells.push(CellRow {
                    from,
                    to,
                    same: Cell::is_same(&v4, &v6, outward),
                    beyond: Cell::is_beyond(&v4, &v6, outward),
                    v4: CellTraffic::new(v4),
                    v6: CellTraffic::new(v6),
                });
            }
        }
        let rows = groups.iter().enumerate();
        let rows = rows.map(|(number, group)| GroupRow {
            number,
            network: group.network.clone(),
            tier: group.tier,
            name: group.name.clone(),
            interfaces: group.interfaces.len(),
            groups: group.groups,
        });
        Self {
            plan: None,
            steps: 0,
            after,
            groups: rows.collect(),
            cells,
        }
    }

    /// What one group can begin with another; none when nothing.
    pub fn cell(&self, from: usize, to: usize) -> Option<&CellRow> {
        let at = |cell: &CellRow| (cell.from, cell.to);
        let found = self.cells.binary_search_by_key(&(from, to), at);
        self.cells.get(found.ok()?)
    }
}

impl CellTraffic {
    fn new(cell: Cell) -> Self {
        Self {
            partial: cell.is_partial(),
            some: cell.some.to_string(),
            all: cell.all.to_string(),
            possible: cell.possible.to_string(),
            undetermined: cell.undetermined,
        }
    }
}
