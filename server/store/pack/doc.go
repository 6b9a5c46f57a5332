// Package pack is the form in which one report's observations are stored: a family
// of tables, air or wire, as one string of octets. It is pure.
//
// What the row beside the body says (whose report, which window) and what other
// tables keep (the tap's health, definitions) is not in it. A body holds the
// family's tables, the dictionary entries that they use, renumbered in their old
// order, and the names of the captures to which channels refer.
//
// A body is what this server wrote. Decode bounds it all the same, by
// wire.Validate: a database that was restored from elsewhere or damaged must not
// end a node.
package pack
