// Package report turns the result of a run into text, Markdown, JSON, a
// directory of CSV files and one self-contained HTML page.
//
// Every form is made from one Document, which holds plain numbers in base units,
// so the tables, the files and the page cannot disagree.
package report
