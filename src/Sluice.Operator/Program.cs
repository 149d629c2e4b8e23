using Sluice.Operator.Hosting;

var command = new OperatorCommand(Environment.GetEnvironmentVariable, Console.Error, OperatorProcess.RunAsync);
return await command.InvokeAsync(args);
