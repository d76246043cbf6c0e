//! One packet, hop by hop.
