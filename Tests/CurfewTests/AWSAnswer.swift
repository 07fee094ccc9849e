import Foundation
import TestSupport

/// Answers of AWS's query protocol, as CloudFormation writes them.
enum AWSAnswer {
    static let headers: [(name: String, value: String)] = [("Content-Type", "text/xml")]
    private static let namespace = "xmlns=\"http://cloudformation.amazonaws.com/doc/2010-05-15/\""
    private static let metadata =
        "<ResponseMetadata><RequestId>b9b4b068-3a41-11e5-94eb-example</RequestId></ResponseMetadata>"

    /// A deletion that CloudFormation took.
    static let accepted = answer("<DeleteStackResponse \(namespace)>\(metadata)</DeleteStackResponse>")

    static func answer(_ body: String, status: Int = 200) -> ScriptedAnswer {
        ScriptedAnswer(status: status, headers: headers, body: body)
    }

    static func error(_ status: Int, _ code: String, _ message: String) -> ScriptedAnswer {
        answer(
            "<ErrorResponse \(namespace)><Error><Type>Sender</Type><Code>\(code)</Code><Message>\(escaped(message))</Message>"
                + "</Error><RequestId>b9b4b068-3a41-11e5-94eb-example</RequestId></ErrorResponse>",
            status: status
        )
    }

    static func missing(_ id: String) -> ScriptedAnswer {
        error(400, "ValidationError", "Stack with id \(id) does not exist")
    }

    static func result(_ operation: String, _ inner: String) -> ScriptedAnswer {
        answer(
            "<\(operation)Response \(namespace)><\(operation)Result>\(inner)</\(operation)Result>\(metadata)"
                + "</\(operation)Response>"
        )
    }

    static func events(_ members: [String]) -> ScriptedAnswer {
        result("DescribeStackEvents", "<StackEvents>\(members.joined())</StackEvents>")
    }

    static func resources(_ members: [String]) -> ScriptedAnswer {
        result("ListStackResources", "<StackResourceSummaries>\(members.joined())</StackResourceSummaries>")
    }

    static func member(_ resource: ScriptedAWS.Resource, status: String) -> String {
        "<member><LogicalResourceId>\(resource.logicalID)</LogicalResourceId><PhysicalResourceId>\(resource.physicalID)"
            + "</PhysicalResourceId><ResourceType>\(resource.type)</ResourceType><ResourceStatus>\(status)</ResourceStatus>"
            + "<LastUpdatedTimestamp>2026-01-01T00:00:00Z</LastUpdatedTimestamp></member>"
    }

    static func event(
        _ resource: ScriptedAWS.Resource,
        _ status: String,
        _ reason: String?,
        token: String
    ) -> String {
        let because = reason.map { "<ResourceStatusReason>\(escaped($0))</ResourceStatusReason>" } ?? ""
        return
            "<member><StackId>arn:aws:cloudformation</StackId><StackName>s</StackName><EventId>\(resource.logicalID)-\(status)</EventId>"
            + "<LogicalResourceId>\(resource.logicalID)</LogicalResourceId><PhysicalResourceId>\(resource.physicalID)"
            + "</PhysicalResourceId><ResourceType>\(resource.type)</ResourceType><ResourceStatus>\(status)</ResourceStatus>"
            + "\(because)<Timestamp>2026-01-01T00:00:00Z</Timestamp><ClientRequestToken>\(token)</ClientRequestToken></member>"
    }

    static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }

    /// The first element of that name with another text.
    static func replacing(_ element: String, by text: String, in body: String) -> String {
        guard let start = body.range(of: "<\(element)>"),
            let end = body.range(of: "</\(element)>", range: start.upperBound..<body.endIndex)
        else { return body }
        return body.replacingCharacters(in: start.upperBound..<end.lowerBound, with: escaped(text))
    }
}

extension ScriptedAnswer {
    /// The same with another body.
    func saying(_ body: String) -> ScriptedAnswer {
        var other = self
        other.body = body
        return other
    }
}
