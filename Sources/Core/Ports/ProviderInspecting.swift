/// A look behind resources: what a forecast says beyond a stack's own listing.
///
/// It reads only. Every method throws where a reading failed; nil or empty is always a reading.
package protocol ProviderInspecting: Sendable {
    /// What a data-bearing or protected resource holds; nil for types that nothing can be said of.
    ///
    /// Counts are bounded: `ResourceContent.isAtLeast` says that there is more.
    func content(of resource: ObservedResource, in target: Target) async throws(ProviderFailure) -> ResourceContent?
    /// Whether an IAM role exists.
    func roleExists(_ arn: String, in target: Target) async throws(ProviderFailure) -> Bool
    /// Whether a Lambda function exists, by name or ARN, and whether it is in a VPC; nil when there is none.
    func function(_ name: String, in target: Target) async throws(ProviderFailure) -> FunctionReading?
    /// Log groups whose names begin so.
    func logGroups(prefix: String, in target: Target) async throws(ProviderFailure) -> [LogGroupReading]
    /// The named CloudWatch alarms' states; a name that has no alarm is missing from the answer.
    func alarmStates(_ names: [String], in target: Target) async throws(ProviderFailure) -> [String: String]
    /// ARNs of everything tagged as belonging to a stack, as the tagging API still lists it.
    func tagged(withStack id: ComponentID, in target: Target) async throws(ProviderFailure) -> [String]
    /// The stack's policy document, or nil.
    func stackPolicy(of id: ComponentID, in target: Target) async throws(ProviderFailure) -> String?
}

/// Reading in all its depth; nothing in it can change anything (P1).
package typealias Provider = ProviderReading & ProviderInspecting

/// What a resource holds.
package struct ResourceContent: Sendable, Hashable, Codable {
    /// Objects with all their versions and delete markers, items, images, users.
    package var items: Int?
    package var bytes: Int64?
    /// There is more than was counted.
    package var isAtLeast: Bool
    /// The resource itself refuses to be deleted until somebody switches that off.
    package var isDeletionProtected: Bool?

    package init(
        items: Int? = nil,
        bytes: Int64? = nil,
        isAtLeast: Bool = false,
        isDeletionProtected: Bool? = nil
    ) {
        self.items = items
        self.bytes = bytes
        self.isAtLeast = isAtLeast
        self.isDeletionProtected = isDeletionProtected
    }
}

package struct FunctionReading: Sendable, Hashable {
    package let name: String
    package let isInVPC: Bool

    package init(name: String, isInVPC: Bool) {
        self.name = name
        self.isInVPC = isInVPC
    }
}

package struct LogGroupReading: Sendable, Hashable {
    package let name: String
    package let bytes: Int64?
    package let isDeletionProtected: Bool

    package init(name: String, bytes: Int64?, isDeletionProtected: Bool) {
        self.name = name
        self.bytes = bytes
        self.isDeletionProtected = isDeletionProtected
    }
}
