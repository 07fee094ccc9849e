/// What Curfew reads of CloudFormation in one account and region.
///
/// It has no call that changes anything: those are in `CloudFormationDeletion`, which a dry run never gets, and
/// `CloudFormationCreation`.
package struct CloudFormation: Sendable {
    let client: AWSClient
    let region: String

    package init(_ client: AWSClient, region: String) {
        self.client = client
        self.region = region
    }

    /// One page of all stacks that are not deleted, nested ones included.
    ///
    /// Termination protection is unknown in it.
    package func describeStacks(page token: String? = nil) async throws(AWSError) -> StackPage {
        try await query("DescribeStacks", [("NextToken", token)]) { (result) throws(AWSError) in
            StackPage(stacks: try stacks(result), nextToken: result.optional("NextToken"))
        }
    }

    /// One stack by id (for 90 days also when deleted) or by name.
    ///
    /// A missing one throws `isStackMissing`.
    package func describeStack(id: String) async throws(AWSError) -> Stack {
        try await query("DescribeStacks", [("StackName", id)]) { (result) throws(AWSError) in
            let stacks = try stacks(result)
            guard stacks.count == 1, let stack = stacks.first else {
                throw notUnderstood("asked for one stack, got \(stacks.count)")
            }
            // An emulator may answer an id whose name is used again with the new stack.
            guard stack.stackID == id || stack.name == id else {
                throw notUnderstood("asked for one stack, got another")
            }
            return stack
        }
    }

    /// All resources, all pages.
    package func resources(of stackID: String) async throws(AWSError) -> [StackResource] {
        try await pages("ListStackResources", [("StackName", stackID)], list: "StackResourceSummaries") {
            (item) throws(AWSError) in try StackResource(item)
        }
    }

    /// The template's text exactly as CloudFormation returns it, JSON or YAML.
    package func template(of stackID: String, stage: TemplateStage) async throws(AWSError) -> String {
        let parameters: [(name: String, value: String?)] = [("StackName", stackID), ("TemplateStage", stage.rawValue)]
        return try await query("GetTemplate", parameters) { (result) throws(AWSError) in
            guard let body = result.text("TemplateBody"), !body.isEmpty else {
                throw notUnderstood("no TemplateBody in the answer")
            }
            return body
        }
    }

    /// One page of events, newest first.
    package func events(of stackID: String, page token: String? = nil) async throws(AWSError) -> StackEventPage {
        let parameters: [(name: String, value: String?)] = [("StackName", stackID), ("NextToken", token)]
        return try await query("DescribeStackEvents", parameters) { (result) throws(AWSError) in
            let events = try mapped(try result.promised("StackEvents")) { (item) throws(AWSError) in
                try StackEvent(item)
            }
            return StackEventPage(events: events, nextToken: result.optional("NextToken"))
        }
    }

    /// All exports of the account and region.
    package func exports() async throws(AWSError) -> [Export] {
        try await pages("ListExports", [], list: "Exports") { (item) throws(AWSError) in try Export(item) }
    }

    /// Names of the stacks that import it.
    ///
    /// AWS says a `ValidationError` for an export that nobody imports; that one, and only that one, is an empty list
    /// here.
    package func importers(of exportName: String) async throws(AWSError) -> [String] {
        do {
            return try await pages("ListImports", [("ExportName", exportName)], list: "Imports") { $0.text }
        } catch {
            guard error.code == "ValidationError", error.message.contains("is not imported by any stack") else {
                throw error
            }
            return []
        }
    }

    private func stacks(_ result: XMLTree) throws(AWSError) -> [Stack] {
        try mapped(try result.promised("Stacks")) { (item) throws(AWSError) in try Stack(item) }
    }

    func pages<Item: Sendable>(
        _ operation: String,
        _ parameters: [(name: String, value: String?)],
        list: String,
        item: (XMLTree) throws(AWSError) -> Item
    ) async throws(AWSError) -> [Item] {
        do {
            return try await allPages { (token) throws(AWSError) in
                try await query(operation, parameters + [("NextToken", token)]) { (result) throws(AWSError) in
                    Page(items: try mapped(try result.promised(list), item), nextToken: result.optional("NextToken"))
                }
            }
        } catch {
            throw error.on(.cloudformation, operation, region: region)
        }
    }

    func query<Answer>(
        _ operation: String,
        _ parameters: [(name: String, value: String?)],
        read: (XMLTree) throws(AWSError) -> Answer
    ) async throws(AWSError) -> Answer {
        try await client.query(.cloudformation, operation, region: region, parameters, read: read)
    }
}
