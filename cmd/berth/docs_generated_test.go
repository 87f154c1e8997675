package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"berth/scenarios"

	"github.com/spf13/cobra"
)

// The parts of the documents that are made from the program's own tables.

// generators makes a part by its name; old is what the document holds.
var generators = map[string]func(old string) string{
	"library":     libraryPart,
	"commands":    commandsPart,
	"assumptions": assumptionsPart,
}

var generatedPart = regexp.MustCompile(`(?s)<!-- generated: ([a-z]+) -->\n(.*?)<!-- end -->`)

// regenerate makes the generated parts of a document anew.
func regenerate(text string) (string, error) {
	var failed error
	text = generatedPart.ReplaceAllStringFunc(text, func(part string) string {
		m := generatedPart.FindStringSubmatch(part)
		make, ok := generators[m[1]]
		if !ok {
			failed = fmt.Errorf("nothing generates %q", m[1])
			return part
		}
		return "<!-- generated: " + m[1] + " -->\n" + make(m[2]) + "<!-- end -->"
	})
	return text, failed
}

// libraryPart lists every scenario of the library with its question. What a
// section says below the question is kept.
func libraryPart(old string) string {
	bodies := map[string]string{}
	for _, section := range strings.Split("\n"+old, "\n## ")[1:] {
		if part := strings.SplitN(section, "\n\n", 3); len(part) == 3 {
			bodies[strings.TrimSpace(part[0])] = strings.TrimSpace(part[2])
		}
	}
	var b strings.Builder
	for _, e := range scenarios.Library() {
		body := bodies[e.Name]
		if body == "" {
			body = "```console\n$ berth run " + e.Name + " | tail -n 1\n```"
		}
		fmt.Fprintf(&b, "\n## %s\n\n%s ([%s.yaml](../scenarios/library/%s.yaml))\n\n%s\n", e.Name, e.Question, e.Name, e.Name, body)
	}
	b.WriteString("\n")
	return b.String()
}

// commandsPart is the help of every verb.
func commandsPart(string) string {
	var b strings.Builder
	root := (&program{}).root()
	verbs := root.Commands()
	slices.SortStableFunc(verbs, func(a, b *cobra.Command) int { return strings.Compare(a.Name(), b.Name()) })
	for _, c := range verbs {
		if c.Hidden || c.Name() == "help" || c.Name() == "completion" {
			continue
		}
		describe(&b, "##", c)
		for _, sub := range c.Commands() {
			if sub.Long != "" {
				describe(&b, "###", sub)
			}
		}
	}
	b.WriteString("\n")
	return b.String()
}

// describe writes the section of a command.
func describe(b *strings.Builder, heading string, c *cobra.Command) {
	fmt.Fprintf(b, "\n%s %s\n\n", heading, c.CommandPath())
	about := c.Long
	if about == "" {
		about = c.Short + "."
	}
	fmt.Fprintf(b, "```text\n%s\n\nUsage:\n  %s\n", strings.TrimSpace(about), c.UseLine())
	for _, sub := range c.Commands() {
		fmt.Fprintf(b, "\n%s\n    %s\n", sub.UseLine(), sub.Short)
	}
	if c.HasExample() {
		fmt.Fprintf(b, "\nExamples:\n%s\n", strings.TrimRight(c.Example, "\n"))
	}
	if flags := strings.TrimRight(c.LocalFlags().FlagUsages(), "\n"); flags != "" {
		fmt.Fprintf(b, "\nFlags:\n%s\n", flags)
	}
	b.WriteString("```\n")
}

// assumptionsPart is the table of the defaults that no official page states.
func assumptionsPart(string) string {
	var b strings.Builder
	for _, g := range []struct{ grade, title string }{
		{"I", "Inferred: change these first when you know better"},
		{"C", "A single report"},
		{"B", "Measured by others, or a maintainer's remark"},
	} {
		fmt.Fprintf(&b, "\n### %s (grade %s)\n\n| key | default | meaning | source |\n| --- | --- | --- | --- |\n", g.title, g.grade)
		for _, k := range scenarios.Keys() {
			if k.Grade == g.grade {
				fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", k.Path, tableCell(k.Default), tableCell(k.Doc), tableCell(k.Source))
			}
		}
	}
	b.WriteString("\n")
	return b.String()
}

func tableCell(s string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ", "<", "&lt;", "*", `\*`).Replace(s)
}
