package import Core
package import Foundation

/// Runtimes in use, as `curfew runtimes --json` writes them.
package struct RuntimesJSON: Encodable, Sendable {
    /// The day on which the table of dates was true: `2026-08-16`.
    @OrNull package var asOf: String?
    package var runtimes: [LineJSON]
    /// Functions with a runtime, of all lines.
    package var functions: Int
    /// Functions made from images, which have none.
    package var imageFunctions: Int
    /// Functions that stacks name and AWS does not list.
    package var absentFunctions: Int
    /// Environments of which not every function could be read.
    package var unread: [UnreadJSON]
    /// With `--functions`; null without.
    @OrNull package var details: [FunctionJSON]?

    package struct LineJSON: Encodable, Sendable {
        /// Null where AWS names none.
        @OrNull package var runtime: String?
        @OrNull package var label: String?
        /// `update blocked`, `creation blocked`, `deprecated`, `ending` (within 180 days), `supported`, `unknown`.
        package var state: String
        /// Days in UTC; null where none is known.
        @OrNull package var deprecatedOn: String?
        @OrNull package var creationBlockedOn: String?
        @OrNull package var updateBlockedOn: String?
        /// Why the state is unknown.
        @OrNull package var because: String?
        package var functions: Int
        package var environments: [PlaceJSON]
    }

    package struct PlaceJSON: Encodable, Sendable {
        package var space: String
        package var name: String
        package var incarnation: Int
        @OrNull package var owner: String?
        package var functions: Int
    }

    package struct UnreadJSON: Encodable, Sendable {
        package var space: String
        package var name: String
        package var incarnation: Int
        /// How many are known not to be read; 0 where nobody has looked yet.
        package var functions: Int
        package var because: String
    }

    package struct FunctionJSON: Encodable, Sendable {
        package var space: String
        package var environment: String
        package var incarnation: Int
        package var account: String
        package var region: String
        package var stack: String
        package var logicalId: String
        @OrNull package var function: String?
        /// `zip`, `image`, `absent` (its stack names it, AWS does not list it), `unread`.
        package var package: String
        @OrNull package var runtime: String?
        /// As above; null for what has no runtime, or none that was read.
        @OrNull package var state: String?
    }

    package init(
        _ inventory: RuntimeInventory,
        functions details: [FunctionRecord]? = nil,
        table: RuntimeTable = .empty,
        now: Date = .distantPast
    ) {
        asOf = inventory.asOf?.description
        functions = inventory.functions
        imageFunctions = inventory.images
        absentFunctions = inventory.absent
        runtimes = inventory.lines.map { line in
            let entry = line.standing.entry
            return LineJSON(
                runtime: line.runtime,
                label: entry?.label,
                state: line.standing.state.rawValue,
                deprecatedOn: entry?.deprecation?.description,
                creationBlockedOn: entry?.createBlock?.description,
                updateBlockedOn: entry?.updateBlock?.description,
                because: line.standing.because,
                functions: line.functions,
                environments: line.environments.map {
                    PlaceJSON(
                        space: $0.key.space.text,
                        name: $0.key.name.text,
                        incarnation: $0.key.incarnation,
                        owner: $0.owner,
                        functions: $0.functions
                    )
                }
            )
        }
        unread = inventory.unread.map {
            UnreadJSON(
                space: $0.key.space.text,
                name: $0.key.name.text,
                incarnation: $0.key.incarnation,
                functions: $0.functions,
                because: $0.because
            )
        }
        self.details = details?.map { FunctionJSON($0, standing: $0.standing(in: table, now: now)) }
    }
}

extension RuntimesJSON.FunctionJSON {
    fileprivate init(_ record: FunctionRecord, standing: RuntimeStanding?) {
        self.init(
            space: record.environment.space.text,
            environment: record.environment.name.text,
            incarnation: record.environment.incarnation,
            account: record.target.account.text,
            region: record.target.region.text,
            stack: record.stack,
            logicalId: record.logicalID,
            function: record.name,
            package: record.kind.rawValue,
            runtime: record.runtime,
            state: standing?.state.rawValue
        )
    }
}
