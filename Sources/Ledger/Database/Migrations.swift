package import Core

/// One step of the schema, as it stands in this program.
///
/// What was released never changes again.
package struct Migration: Sendable, Hashable {
    package let number: Int
    /// Such as `m0001_inventory`.
    package let name: String
    let script: String
    package let checksum: Digest

    init(_ name: String, _ content: [UInt8]) {
        self.name = name
        number = Int(name.dropFirst().prefix { $0.isNumber }) ?? 0
        script = String(decoding: content, as: UTF8.self)
        checksum = Digest(of: content)
    }
}

package enum Migrations {
    /// In the order in which they apply, numbered from 1.
    package static let all: [Migration] = [
        Migration("m0001_inventory", PackageResources.m0001_inventory_sql),
        Migration("m0002_decisions", PackageResources.m0002_decisions_sql),
        Migration("m0003_teardown", PackageResources.m0003_teardown_sql),
        Migration("m0004_rules", PackageResources.m0004_rules_sql),
        Migration("m0005_hands", PackageResources.m0005_hands_sql),
        Migration("m0006_proofs", PackageResources.m0006_proofs_sql),
        Migration("m0007_retention", PackageResources.m0007_retention_sql),
        Migration("m0008_breaker", PackageResources.m0008_breaker_sql),
        Migration("m0009_outbox", PackageResources.m0009_outbox_sql),
        Migration("m0010_forgetting", PackageResources.m0010_forgetting_sql),
        Migration("m0011_runtimes", PackageResources.m0011_runtimes_sql),
        Migration("m0012_registrations", PackageResources.m0012_registrations_sql),
        Migration("m0013_ripeness", PackageResources.m0013_ripeness_sql),
        Migration("m0014_owners", PackageResources.m0014_owners_sql),
        Migration("m0015_branches", PackageResources.m0015_branches_sql),
        Migration("m0016_organization", PackageResources.m0016_organization_sql),
        Migration("m0017_signals", PackageResources.m0017_signals_sql),
        Migration("m0018_listing", PackageResources.m0018_listing_sql),
        Migration("m0019_workers", PackageResources.m0019_workers_sql),
        Migration("m0020_doubts", PackageResources.m0020_doubts_sql),
        Migration("m0021_costs", PackageResources.m0021_costs_sql),
        Migration("m0022_digests", PackageResources.m0022_digests_sql),
        Migration("m0023_files", PackageResources.m0023_files_sql),
        Migration("m0024_notes", PackageResources.m0024_notes_sql),
    ]
}

/// Roles and rights, as `curfew database grants` prints them.
package enum Grants {
    static let statements = String(decoding: PackageResources.Grants_sql, as: UTF8.self)

    /// The groups that the script makes.
    static let groups: [String] = {
        guard let start = statements.firstRange(of: "FOREACH wanted IN ARRAY ARRAY["),
            let end = statements[start.upperBound...].firstIndex(of: "]")
        else { return [] }
        return statements[start.upperBound..<end].split(separator: "'").map(String.init).filter {
            $0.hasPrefix("curfew_")
        }
    }()

    /// For psql: all or nothing.
    package static var script: String { "BEGIN;\n\n\(statements)\nCOMMIT;\n" }
}
