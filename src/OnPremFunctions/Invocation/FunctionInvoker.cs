using System.Linq.Expressions;
using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using OnPremFunctions.Http;

namespace OnPremFunctions.Invocation;

/// <summary>Calls a function through compiled code: no reflection per invocation.</summary>
internal sealed class FunctionInvoker
{
    private readonly ObjectFactory? _factory;
    private readonly Func<object?, InvocationContext, ValueTask<IResult?>> _call;

    private FunctionInvoker(ObjectFactory? factory, Func<object?, InvocationContext, ValueTask<IResult?>> call)
    {
        _factory = factory;
        _call = call;
    }

    public static FunctionInvoker Compile(MethodInfo method, string triggerParameter)
    {
        var type = method.DeclaringType!;
        var instance = Expression.Parameter(typeof(object), "instance");
        var context = Expression.Parameter(typeof(InvocationContext), "context");
        var arguments = method.GetParameters().Select(parameter => Argument(parameter, triggerParameter, context));
        var call = Expression.Call(method.IsStatic ? null : Expression.Convert(instance, type), method, arguments);
        var lambda = Expression.Lambda<Func<object?, InvocationContext, ValueTask<IResult?>>>(
            AsResult(call),
            instance,
            context
        );
        return new FunctionInvoker(
            method.IsStatic ? null : ActivatorUtilities.CreateFactory(type, Type.EmptyTypes),
            lambda.Compile()
        );
    }

    /// <summary>
    /// Creates the function's class with services of the invocation's scope, calls the method and disposes the
    /// instance.
    /// </summary>
    public async ValueTask<IResult?> InvokeAsync(InvocationContext context)
    {
        if (_factory is null)
            return await _call(null, context);

        var instance = _factory(context.InstanceServices, null);
        try
        {
            return await _call(instance, context);
        }
        finally
        {
            if (instance is IAsyncDisposable asynchronous)
                await asynchronous.DisposeAsync();
            else
                (instance as IDisposable)?.Dispose();
        }
    }

    private static Expression Argument(ParameterInfo parameter, string triggerParameter, ParameterExpression context)
    {
        if (parameter.Name == triggerParameter)
            return Expression.Convert(
                Expression.Property(context, nameof(InvocationContext.TriggerValue)),
                parameter.ParameterType
            );
        if (parameter.ParameterType == typeof(FunctionContext))
            return context;
        if (parameter.ParameterType == typeof(CancellationToken))
            return Expression.Property(context, nameof(InvocationContext.CancellationToken));

        return Expression.Call(
            RouteValue.ReaderOf(parameter.ParameterType),
            context,
            Expression.Constant(parameter.Name)
        );
    }

    private static Expression AsResult(MethodCallExpression call)
    {
        if (call.Type == typeof(void))
            return Expression.Block(call, Expression.Default(typeof(ValueTask<IResult?>)));
        if (call.Type == typeof(Task))
            return Expression.Call(typeof(FunctionInvoker), nameof(OfTask), null, call);
        if (call.Type == typeof(ValueTask))
            return Expression.Call(typeof(FunctionInvoker), nameof(OfValueTask), null, call);
        if (call.Type.IsGenericType && call.Type.GetGenericTypeDefinition() == typeof(Task<>))
            return Expression.Call(
                typeof(FunctionInvoker),
                nameof(OfTaskResult),
                call.Type.GetGenericArguments(),
                call
            );
        if (call.Type.IsGenericType && call.Type.GetGenericTypeDefinition() == typeof(ValueTask<>))
            return Expression.Call(
                typeof(FunctionInvoker),
                nameof(OfValueTaskResult),
                call.Type.GetGenericArguments(),
                call
            );

        return Expression.Call(
            typeof(FunctionInvoker),
            nameof(OfResult),
            null,
            Expression.Convert(call, typeof(IResult))
        );
    }

    private static async ValueTask<IResult?> OfTask(Task task)
    {
        await task;
        return null;
    }

    private static async ValueTask<IResult?> OfValueTask(ValueTask task)
    {
        await task;
        return null;
    }

    private static async ValueTask<IResult?> OfTaskResult<T>(Task<T> task)
        where T : IResult => await task;

    private static async ValueTask<IResult?> OfValueTaskResult<T>(ValueTask<T> task)
        where T : IResult => await task;

    private static ValueTask<IResult?> OfResult(IResult? result) => new(result);
}
