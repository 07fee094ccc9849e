package import Foundation

/// JSON Schemas (draft 2020-12), by which editors complete and check; `Deploy/policy` has the same files.
package enum PolicySchema: String, Sendable, CaseIterable {
    case policy = "curfew-policy.schema.json"
    case tests = "curfew-policy-tests.schema.json"

    package var bytes: Data {
        switch self {
        case .policy: Data(PackageResources.curfew_policy_schema_json)
        case .tests: Data(PackageResources.curfew_policy_tests_schema_json)
        }
    }
}
