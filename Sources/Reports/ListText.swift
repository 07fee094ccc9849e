package import Core
import Foundation

/// The inventory as a table; `csv` has every column uncut and times in ISO 8601.
package enum ListText {
    package static func text(_ environments: [EnvironmentRecord], on canvas: Canvas) -> String {
        var page = Page(canvas)
        guard !environments.isEmpty else {
            page.line("No environments.")
            return page.text
        }
        let costs = CostText.isShown(environments)
        let cost = costs ? [Table.Column("cost", .right, shrinks: false)] : []
        var table = Table(
            [
                .init("name", shrinks: false), .init("space", maximum: 24, expendable: 3),
                .init("verdict", shrinks: false), .init("owner", maximum: 32, minimum: 12),
                .init("age", .right, shrinks: false), .init("idle", .right, shrinks: false),
            ] + cost + [
                .init("stacks", .right, shrinks: false, expendable: 2),
                .init("where", maximum: 44, minimum: 16, expendable: 1), .init("reason", minimum: 20, expendable: 4),
            ]
        )
        for environment in environments {
            let figure = environment.cost?.figure(asOf: canvas.now)?.cell(on: canvas) ?? Span("unknown", .dim)
            table.add(
                [
                    Span(environment.key.name.text, .bold), Span(canvas.space(environment.key.space)),
                    environment.standing, environment.ownerWord,
                    Span(canvas.moment.span(since: environment.oldest)),
                    Span(environment.active.map(canvas.moment.span) ?? "unknown"),
                ] + (costs ? [figure] : []) + [
                    "\(environment.componentCount)", Span(environment.targets.places(canvas)),
                    Span(environment.verdict?.reason ?? ""),
                ]
            )
        }
        page.table(table)
        if let note = CostText.note(environments, on: canvas) { page.line(Span(note, .dim)) }
        return page.text
    }

    package static func csv(_ environments: [EnvironmentRecord], on canvas: Canvas) -> String {
        var table = Table(
            [
                "space", "name", "incarnation", "class", "state", "verdict", "verdict class", "reason", "policy",
                "owner",
                "owner source", "components", "accounts", "regions", "created at", "changed at", "age seconds",
                "idle seconds", "flagged at", "warned at", "due at", "protected until", "leased until",
                "cost month", "cost", "cost currency", "cost basis", "cost at least",
            ].map { Table.Column($0) }
        )
        for environment in environments {
            let row = EnvironmentJSON(environment, now: canvas.now)
            let cost = environment.cost?.figure(asOf: canvas.now)
            table.add(
                [
                    row.space, row.name, "\(row.incarnation)", row.class, row.state, row.verdict, row.verdictClass,
                    row.reason,
                    row.policy, row.owner, row.ownerSource, "\(row.components)", row.accounts.joined(separator: " "),
                    row.regions.joined(separator: " "), JSONText.time(row.createdAt), row.changedAt.map(JSONText.time),
                    "\(row.ageSeconds)", row.idleSeconds.map(String.init), row.flaggedAt.map(JSONText.time),
                    row.warnedAt.map(JSONText.time), row.dueAt.map(JSONText.time),
                    row.protectedUntil.map(JSONText.time),
                    row.leasedUntil.map(JSONText.time), cost?.month.description, cost?.csvAmounts,
                    cost?.amounts.map(\.currency).joined(separator: " "), cost?.basis.rawValue,
                    cost.map { "\($0.isAtLeast)" },
                ].map { Span($0 ?? "") }
            )
        }
        return table.csv()
    }

    /// Components without an environment of their own: `list --unmatched`, `--ambiguous` and the like.
    package static func components(_ components: [ComponentRecord], on canvas: Canvas) -> String {
        var page = Page(canvas)
        guard !components.isEmpty else {
            page.line("No such components.")
            return page.text
        }
        var table = Table([
            .init("name", shrinks: false), .init("class", shrinks: false),
            .init("where", maximum: 44, minimum: 16, expendable: 3),
            .init("status", expendable: 2), .init("age", .right, shrinks: false), .init("tool", expendable: 1),
            .init("naming", minimum: 24),
        ])
        for component in components {
            table.add(
                Span(component.name, .bold),
                Span(component.kind.rawValue),
                Span(canvas.place(component.target)),
                Span(component.status.text),
                Span(component.created.map(canvas.moment.span) ?? "unknown"),
                Span(component.tool),
                Span(component.naming)
            )
        }
        page.table(table)
        return page.text
    }

    package static func componentsCSV(_ components: [ComponentRecord], on canvas: Canvas) -> String {
        var table = Table(
            [
                "id", "name", "class", "account", "region", "status", "created at", "tool", "named", "naming",
            ].map { Table.Column($0) }
        )
        for component in components {
            let row = ComponentJSON(component, now: canvas.now)
            table.add(
                [
                    row.id, row.name, row.class, row.account, row.region, row.status,
                    row.createdAt.map(JSONText.time) ?? "",
                    row.tool, row.named.joined(separator: " "), row.naming,
                ].map { Span($0) }
            )
        }
        return table.csv()
    }
}

extension Canvas {
    /// A space that is a single account goes by that account's name where it has one.
    func space(_ space: SpaceName) -> String { accountNames[AccountID(space.text)] ?? space.text }
}
