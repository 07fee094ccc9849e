import TestSupport

/// Deletions that only this run could not bring to their end.
extension DeletionFamily {
    /// Answered within the same call: nobody notices.
    static let passing = [
        DeletionCase("throttled once: 400 Throttling", "throttled", .isAnswered(throttling), .goes),
        DeletionCase("unavailable once: 503", "unavailable", .isAnswered(unavailable), .goes),
        DeletionCase("an empty answer once", "empty", .isAnswered(ScriptedAnswer()), .goes),
        DeletionCase("taken, and no answer came; repeated with the same token", "unsaid", .goesUnsaid, .goes),
    ]

    /// The deletion was not taken, or nobody knows: the next reap looks, and asks again with the same token.
    static let asking = [
        DeletionCase(
            "throttled for good: 400 Throttling",
            "throttled",
            .isAnswered(throttling),
            .isAnswered(throttling),
            .isAnswered(throttling),
            .goes,
            says: "Rate exceeded"
        ),
        DeletionCase(
            "the credentials ran out between two calls",
            "expired",
            .isAnswered(
                AWSAnswer.error(403, "ExpiredToken", "The security token included in the request is expired")
            ),
            .goes,
            says: "ExpiredToken",
            "is expired"
        ),
        DeletionCase(
            "the signature came too late",
            "late",
            .isAnswered(AWSAnswer.error(400, "RequestExpired", "Request has expired.")),
            .goes,
            says: "RequestExpired",
            "check the clock of this machine"
        ),
        DeletionCase(
            "the clocks disagree: the signature is one of another time",
            "skewed",
            .isAnswered(
                AWSAnswer.error(
                    403,
                    "SignatureDoesNotMatch",
                    "Signature expired: 20260101T000000Z is now earlier than 20260101T001000Z (20260101T001500Z - 5 min.)"
                )
            ),
            .goes,
            says: "SignatureDoesNotMatch",
            "check the clock"
        ),
        DeletionCase(
            "something else than AWS answers with a page",
            "page",
            .isAnswered(ScriptedAnswer(body: "<html><body>Please log in</body></html>")),
            .goes,
            says: "expected DeleteStackResponse, got html",
            "check the endpoint settings and the proxy"
        ),
        DeletionCase(
            "its token is known already: an earlier attempt was taken after all",
            "known",
            .goesSaying(
                AWSAnswer.error(400, "TokenAlreadyExistsException", "A client request token already exists")
            ),
            says: "TokenAlreadyExistsException"
        ),
    ]

    /// As the last of those, but nothing was ever taken.
    static let strange = DeletionCase(
        "its token stands for something else",
        "strange",
        .isAnswered(AWSAnswer.error(400, "TokenAlreadyExistsException", "A client request token already exists")),
        says: "TokenAlreadyExistsException"
    )

    /// Taken; what comes of it cannot be read.
    ///
    /// Nothing of that means that a stack is gone.
    static let reading = [
        watched("throttled", "readings are throttled: 400 Throttling", throttling, "Rate exceeded"),
        watched("unavailable", "readings fail: 503", unavailable, "ServiceUnavailable"),
        watched(
            "expired",
            "the credentials ran out while it was being deleted",
            AWSAnswer.error(403, "ExpiredToken", "The security token included in the request is expired"),
            "ExpiredToken"
        ),
        watched("blank", "an empty answer", ScriptedAnswer(), "no XML"),
        watched(
            "none",
            "a list of no stacks",
            AWSAnswer.result("DescribeStacks", "<Stacks/>"),
            "asked for one stack, got 0"
        ),
        watched("listless", "no list at all", AWSAnswer.result("DescribeStacks", ""), "no Stacks in the answer"),
        watched(
            "foreign",
            "the answer is of another account's stack",
            AWSAnswer.result(
                "DescribeStacks",
                "<Stacks><member><StackName>app-feat-foreign</StackName><StackId>arn:aws:cloudformation:eu-west-1:"
                    + "999999999999:stack/app-feat-foreign/11112222</StackId><StackStatus>DELETE_COMPLETE</StackStatus>"
                    + "<CreationTime>2026-01-01T00:00:00Z</CreationTime></member></Stacks>"
            ),
            "asked for one stack, got another"
        ),
        watched(
            "denied",
            "the right to look was taken away",
            AWSAnswer.error(403, "AccessDenied", "User: x is not authorized to perform: cloudformation:DescribeStacks"),
            "not authorized to perform"
        ),
        watched(
            "invalid",
            "a ValidationError that does not say that it is gone",
            .validation("1 validation error detected: Value at 'stackName' failed to satisfy constraint"),
            "validation error detected"
        ),
    ]

    private static func watched(_ word: String, _ row: String, _ answer: ScriptedAnswer, _ says: String) -> DeletionCase
    {
        DeletionCase(row, word, ScriptedAWS.Part(afterwards: answer), says: says)
    }

    private static let throttling = AWSAnswer.error(400, "Throttling", "Rate exceeded")
    private static let unavailable = AWSAnswer.error(503, "ServiceUnavailable", "Service is unavailable")
}
