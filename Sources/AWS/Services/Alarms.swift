/// What Curfew reads of CloudWatch.
///
/// CloudWatch takes the query protocol beside JSON and CBOR, which its newer clients speak.
package struct Alarms: Sendable {
    private let client: AWSClient
    private let region: String

    package init(_ client: AWSClient, region: String) {
        self.client = client
        self.region = region
    }

    /// States of the named alarms, composite ones too: `OK`, `ALARM` or `INSUFFICIENT_DATA`.
    ///
    /// A name that has no alarm is missing.
    package func states(of names: [String]) async throws(AWSError) -> [String: String] {
        var states: [String: String] = [:]
        var rest = names[...]
        while !rest.isEmpty {
            // AWS's limit for one question.
            let some = Array(rest.prefix(100))
            rest = rest.dropFirst(100)
            for alarm in try await alarms(some) { states[alarm.name] = alarm.state }
        }
        return states.filter { names.contains($0.key) }
    }

    private func alarms(_ names: [String]) async throws(AWSError) -> [(name: String, state: String)] {
        let types = listed("AlarmTypes", ["MetricAlarm", "CompositeAlarm"])
        do {
            return try await allPages { (token) throws(AWSError) in
                let parameters = listed("AlarmNames", names) + types + [("MaxRecords", "100"), ("NextToken", token)]
                return try await client.query(.cloudwatch, "DescribeAlarms", region: region, parameters) {
                    (result) throws(AWSError) in
                    guard result["MetricAlarms"] != nil || result["CompositeAlarms"] != nil else {
                        throw notUnderstood("no MetricAlarms in the answer")
                    }
                    let members = result.members("MetricAlarms") + result.members("CompositeAlarms")
                    let alarms = try mapped(members) { (item) throws(AWSError) in
                        (name: try item.required("AlarmName"), state: try item.required("StateValue"))
                    }
                    return Page(items: alarms, nextToken: result.optional("NextToken"))
                }
            }
        } catch {
            throw error.on(.cloudwatch, "DescribeAlarms", region: region)
        }
    }
}
