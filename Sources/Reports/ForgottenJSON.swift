package import Core
package import Foundation

/// A tombstone that is or was forgotten, as `curfew database prune --json` writes it.
package struct OldTombstoneJSON: Encodable, Sendable {
    package var space: String
    package var environment: String
    package var incarnation: Int
    package var plan: String
    package var component: String
    package var storedAt: Date
    /// False: it would be.
    package var forgotten: Bool

    package init(_ tombstone: OldTombstone, forgotten: Bool) {
        space = tombstone.environment.space.text
        environment = tombstone.environment.name.text
        incarnation = tombstone.environment.incarnation
        plan = tombstone.plan.description
        component = tombstone.component.text
        storedAt = tombstone.storedAt
        self.forgotten = forgotten
    }
}

/// What is or was forgotten, as `curfew database prune --json` writes it.
package struct ForgottenJSON: Encodable, Sendable {
    /// False: it would be.
    package var forgotten: Bool
    package var tombstones: [OldTombstoneJSON]
    package var records: Records

    package struct Records: Encodable, Sendable {
        /// Readings of targets, and the scans that nothing rests on any more.
        package var readings: Int
        package var scans: Int
        package var evaluations: Int
        /// Of messages that stay themselves.
        package var letters: Int
        /// Of components that went.
        package var resources: Int
    }

    package init(tombstones: [OldTombstone], records: RecordCounts, forgotten: Bool) {
        self.forgotten = forgotten
        self.tombstones = tombstones.map { OldTombstoneJSON($0, forgotten: forgotten) }
        self.records = Records(
            readings: records.readings,
            scans: records.scans,
            evaluations: records.evaluations,
            letters: records.letters,
            resources: records.resources
        )
    }
}

/// The same for people.
package enum ForgottenText {
    /// `tombstonesKept`, `kept`: for how long, by the settings.
    package static func text(
        tombstones: [OldTombstone],
        records: RecordCounts,
        forgotten: Bool,
        tombstonesKept: Duration,
        kept: RecordsKept
    ) -> String {
        func line(_ number: Int, _ one: String, _ many: String, _ kept: Duration, _ of: String = "") -> String {
            "\(forgotten ? "forgot " : "")\(number) \(number == 1 ? one : many) older than \(DurationText.format(kept))\(of)"
        }
        let names = Set(tombstones.map(\.environment.name)).sorted().map(\.text).joined(separator: ", ")
        return [
            line(
                tombstones.count,
                "tombstone",
                "tombstones",
                tombstonesKept,
                names.isEmpty ? "" : ", of \(names)"
            ),
            line(
                records.readings,
                "reading of a target",
                "readings of targets",
                kept.scans,
                ", and \(records.scans) \(records.scans == 1 ? "scan" : "scans")"
            ),
            line(records.evaluations, "evaluation", "evaluations", kept.evaluations),
            line(records.letters, "letter", "letters", kept.messages),
            line(
                records.resources,
                "resource of a stack that went",
                "resources of stacks that went",
                kept.scans
            ),
        ].joined(separator: "\n")
    }
}
