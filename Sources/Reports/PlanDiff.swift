package import Core
import Foundation

/// Where two plans differ, part by part.
package struct PlanDiff: Encodable, Sendable {
    /// `P12`.
    package var left: String
    package var right: String
    package var leftDigest: String
    package var rightDigest: String
    /// What an approval binds is the same in both.
    package var isSameDigest: Bool
    /// Parts that differ, in the order in which a plan shows them.
    package var parts: [Part]

    package struct Part: Encodable, Sendable {
        /// `environments`, `steps`, `exceptions`, `losses`, `policy`, `fingerprint`, `terms`, `blockers`, `forecast`.
        package var part: String
        /// Part of the digest: a difference here needs an approval of its own.
        package var isDigested: Bool
        /// In the left plan alone.
        package var removed: [String]
        /// In the right plan alone.
        package var added: [String]
    }

    package init(_ left: PlanRecord, _ right: PlanRecord) {
        self.left = left.id.description
        self.right = right.id.description
        leftDigest = left.digest.description
        rightDigest = right.digest.description
        isSameDigest = left.digest == right.digest
        parts = []
        compare("environments", left, right) { plan in
            plan.document.environments.flatMap { planned in
                ["\(planned.key): \(planned.verdictClass.rawValue)"]
                    + planned.components.map { "\(planned.key): has \($0)" }
            }
        }
        compare("steps", left, right, Self.steps)
        compare("exceptions", left, right) { $0.document.exceptions }
        compare("losses", left, right) {
            $0.document.losses.map { "\($0.name) (\($0.type)) of \(stackName($0.component))" }
        }
        compare("policy", left, right) { ["revision \($0.revision), text \($0.document.policyRevision.short)"] }
        compare("fingerprint", left, right) { Self.lines(of: $0.document.fingerprint) }
        compare("terms", digested: false, left, right) { [$0.terms.words] }
        compare("blockers", digested: false, left, right) { $0.blockers.map { "\($0.kind.rawValue): \($0.text)" } }
        compare("forecast", digested: false, left, right) { $0.forecast.environments.flatMap(Self.lines) }
    }

    private mutating func compare(
        _ part: String,
        digested: Bool = true,
        _ left: PlanRecord,
        _ right: PlanRecord,
        _ lines: (PlanRecord) -> [String]
    ) {
        let (before, after) = (lines(left), lines(right))
        let removed = before.filter { !after.contains($0) }
        let added = after.filter { !before.contains($0) }
        guard !removed.isEmpty || !added.isEmpty else { return }
        parts.append(Part(part: part, isDigested: digested, removed: removed, added: added))
    }

    /// Without their numbers: another step in front must not make all the rest look different.
    private static func steps(_ plan: PlanRecord) -> [String] {
        let steps = plan.document.steps
        let names = Dictionary(
            steps.map { ($0.number, "\($0.action.kind.rawValue) \($0.action.object(of: $0.name))") },
            uniquingKeysWith: { first, _ in first }
        )
        return steps.map { step in
            let after = step.after.compactMap { names[$0] }.sorted().joined(separator: ", ")
            return "\(names[step.number] ?? "") in \(step.target)"
                + (step.action.subject == nil ? "" : " (of \(step.name))")
                + (step.serviceRole.map { ", with the power of \($0)" } ?? "")
                + (after.isEmpty ? "" : ", after \(after)")
        }
    }

    private static func lines(of fingerprint: Fingerprint) -> [String] {
        fingerprint.components.sorted { $0.key < $1.key }.map { "\(stackName($0.key)) as \($0.value.short)" }
            + fingerprint.importers.sorted { $0.key < $1.key }.map { export, importers in
                "\(export) is imported by \(importers.map { stackName(ComponentID($0)) }.sorted().joined(separator: ", "))"
            }
            + fingerprint.members.sorted { $0.key < $1.key }.map { key, members in
                "\(key) consists of \(members.map(stackName).sorted().joined(separator: ", "))"
            }
            + fingerprint.holds.sorted { $0.key < $1.key }.flatMap { key, holds in
                holds.sorted().map { "\(key) has the protection or lease \($0)" }
            }
    }

    private static func lines(of forecast: EnvironmentForecast) -> [String] {
        let key = forecast.key
        return forecast.counts.map { "\(key): \($0.count) \($0.type)" }
            + forecast.losses.map { "\(key): loses \($0.name) (\($0.type)), \($0.held.text)" }
            + forecast.stays.map { "\(key): \($0.name) (\($0.type)) stays, \($0.reason.words)" }
            + ["\(key): takes \(forecast.duration.words)"] + forecast.duration.because.map { "\(key): \($0)" }
            + forecast.powers.map {
                "\(key): \(stackName($0.component)) goes with \($0.serviceRole ?? ($0.isBounded ? "Curfew's bounded power" : "Curfew's power"))"
            }
            + forecast.unread.map { "\(key): not known: \($0)" }
    }
}

/// The name in a stack's id, `arn:…:stack/NAME/UUID`; anything else as it is.
private func stackName(_ id: ComponentID) -> String {
    let parts = id.text.split(separator: "/")
    return parts.count == 3 ? String(parts[1]) : id.text
}

extension PlanDiff {
    /// For people.
    package func text(on canvas: Canvas) -> String {
        var page = Page(canvas)
        page.line(
            Span("\(left) → \(right)", .bold),
            Span("  digest \(leftDigest.prefix(12)) → \(rightDigest.prefix(12))", .dim)
        )
        if isSameDigest {
            page.line(Span("The same digest: what an approval binds is the same in both.", .good))
        } else {
            page.line(Span("Different digests: an approval of one is none of the other.", .warning))
        }
        if parts.isEmpty { page.line("Nothing else differs either.") }
        for part in parts {
            page.heading(part.part + (part.isDigested ? "" : " (not part of the digest)"))
            for line in part.removed { page.line(Span("- \(line)", .bad), indent: 2) }
            for line in part.added { page.line(Span("+ \(line)", .good), indent: 2) }
        }
        return page.text
    }
}
